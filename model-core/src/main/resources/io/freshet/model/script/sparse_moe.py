# o = alpha * sum over the chosen experts of their shares times their results + the result of the shared expert.
# n [N, B, W], logits z [N, B, R], of the R routed experts gate_up [N, R, W, 2m], gate first, and down [N, R, m, W], of
# the shared one shared_gate_up [N, W, 2m] and shared_down [N, m, W]. A row chooses K experts. An expert computes the
# rows that chose it and no others:
#
#   permute     the rows of an expert lie together; its first place and a row's rank among them say where
#   products    one batch of products for the experts of a few positions
#   un-permute  a row of o is the weighed sum of its K results and the shared expert's: an embedding bag
#
# What makes it fast:
#  - Ranks are a running count of who chose what; nothing is sorted but the logits of a row.
#  - The experts of a few positions, a chunk, get equal room, as much as the busiest needs, so that their products are
#    one call; the room left is filled with row 0 at weight 0. Where the load is so uneven that this is over twice the
#    room, or products are so large that all cores have enough of one, experts get what they need and a call each.
#    Either way no row is dropped, and all is exact.
#  - What goes by element is done once for a chunk, its routed rows and behind them those of the shared expert.
#  - Weights, alpha times a row's shares, never meet the hidden layer: forward they weigh the results as they are put
#    back, backward the rows of d_o as they are copied to the experts.
#  - With s = sigmoid(gate) and h = gate s up, dh / dgate is lerp(h, up, s). Kept are h and, in the place of gate and
#    up, what backward multiplies.
#
# Needs: chunks

# Which experts a row chose, and with what shares, [N, K, B]. A stable sort gives the first of equal logits.
def chosen_experts(self: __torch__.Ranker,
    z: Tensor,
    chosen: int,
    full: bool) -> Tuple[Tensor, Tensor]:
  sorted, order = torch.sort(z, stable=True, dim=2, descending=True)
  picks = torch.contiguous(torch.transpose(torch.slice(order, 2, 0, chosen), 1, 2))
  if full:
    share = torch.gather(torch.softmax(torch.transpose(z, 1, 2), 1), 1, picks)
  else:
    share = torch.softmax(torch.transpose(torch.slice(sorted, 2, 0, chosen), 1, 2), 1)
  return (picks, torch.contiguous(share))

# Room of each expert of a chunk when all get the same, which is what the busiest needs; 0 where each gets its own. Of
# each chunk; a position has so many rows, and a row's first product with its expert so many multiplications.
def rooms_of(self: __torch__.Ranker,
    counts: Tensor,
    chunk: int,
    rows: int,
    work: int) -> List[int]:
  experts = torch.size(counts, 1)
  large = torch.ge(torch.mul(rows, work), torch.mul(experts, 16777216))
  if counts.is_cuda:
    large = False
  rooms = annotate(List[int], [])
  for part in torch.split(counts, chunk):
    room = int(torch.max(part))
    if torch.__or__(large, torch.gt(torch.mul(room, experts), torch.mul(2, rows))):
      room = 0
    _0 = torch.append(rooms, room)
  return rooms

# Places that the routed rows of each chunk take.
def sizes_of(self: __torch__.Ranker,
    rooms: List[int],
    experts: int,
    rows: int) -> List[int]:
  sizes = annotate(List[int], [])
  for room in rooms:
    _0 = torch.append(sizes, torch.mul(experts, room) if torch.gt(room, 0) else rows)
  return sizes

# What is one batch of products: all experts of a chunk where they have equal room, else each for itself. First expert,
# experts, first place and rows of each.
def parts_of(self: __torch__.Ranker,
    counts: Tensor,
    room: int) -> List[List[int]]:
  parts = annotate(List[List[int]], [])
  experts = torch.numel(counts)
  if torch.gt(room, 0):
    _0 = torch.append(parts, [0, experts, 0, room])
  else:
    flat = torch.reshape(counts, [-1])
    start = 0
    for j in range(experts):
      count = int(flat[j])
      _1 = torch.append(parts, [j, 1, start, count])
      start = torch.add(start, count)
  return parts

# Where each choice goes: its place in its chunk [N, K, B].
def places_of(self: __torch__.Ranker,
    picks: Tensor,
    upto: Tensor,
    counts: Tensor,
    rooms: List[int],
    chunk: int) -> Tensor:
  firsts = annotate(List[Tensor], [])
  parts = torch.split(counts, chunk)
  for i in range(torch.len(rooms)):
    flat = torch.flatten(parts[i])
    if torch.gt(rooms[i], 0):
      first = torch.mul(torch.arange(torch.numel(flat), device=ops.prim.device(flat)), rooms[i])
    else:
      first = torch.sub(torch.cumsum(flat, 0), flat)
    _0 = torch.append(firsts, first)
  before = torch.sub(torch.view(torch.cat(firsts), [torch.size(counts, 0), -1, 1]), 1)
  return torch.gather(torch.add(upto, before), 1, picks)

# Which row of its chunk each place holds, and at what weight; one list of places per chunk.
def fill_places(self: __torch__.Ranker,
    place: Tensor,
    weight: Tensor,
    sources: List[Tensor],
    weights: List[Tensor]) -> int:
  positions, chosen, examples = torch.size(place)
  chunk = torch.floordiv(positions, torch.len(sources))
  rows = torch.view(torch.arange(torch.mul(chunk, examples), device=ops.prim.device(place)), [chunk, 1, examples])
  row = torch.reshape(torch.expand(rows, [chunk, chosen, examples]), [-1])
  places = torch.split(place, chunk)
  of_places = torch.split(weight, chunk)
  for i in range(torch.len(sources)):
    at = torch.flatten(places[i])
    _0 = torch.scatter_(sources[i], 0, at, row)
    _1 = torch.scatter_(weights[i], 0, at, torch.flatten(of_places[i]))
  return chunk

# Where a row's results lie in its chunk, and at what weight: of the chosen experts, then of the shared one, whose rows
# come behind all others. Both [N B (K + 1)].
def bags_of(self: __torch__.Ranker,
    place: Tensor,
    weight: Tensor,
    sizes: List[int]) -> Tuple[Tensor, Tensor]:
  positions, chosen, examples = torch.size(place)
  always = torch.mul(torch.floordiv(positions, torch.len(sizes)), examples)
  behind = torch.unsqueeze(torch.tensor(sizes, dtype=4, device=ops.prim.device(place)), 1)
  shared = torch.add(behind, torch.arange(always, device=ops.prim.device(place)))
  places = torch.cat([place, torch.view(shared, [positions, 1, examples])], 1)
  ones = torch.new_ones(weight, [positions, 1, examples])
  weights = torch.cat([weight, ones], 1)
  return (torch.flatten(torch.transpose(places, 1, 2)), torch.flatten(torch.transpose(weights, 1, 2)))

# The sums of weighed rows, bags of equally many.
def sums_of_rows(self: __torch__.Ranker,
    rows: Tensor,
    places: Tensor,
    bags: Tensor,
    weights: Optional[Tensor]) -> Tensor:
  sums, _0, _1, _2 = torch.embedding_bag(rows, places, bags, False, 0, False, weights, False)
  return sums

# The products of experts with their own rows: rows [places, a] and experts [experts, a, b] to out [places, b].
def products(self: __torch__.Ranker,
    rows: Tensor,
    experts: Tensor,
    parts: List[List[int]],
    out: Tensor) -> Tensor:
  for part in parts:
    expert, count, at, size = part
    part_rows = torch.view(torch.narrow(rows, 0, at, torch.mul(count, size)), [count, size, torch.size(rows, 1)])
    part_out = torch.view(torch.narrow(out, 0, at, torch.mul(count, size)), [count, size, torch.size(out, 1)])
    _0 = torch.bmm(part_rows, torch.narrow(experts, 0, expert, count), out=part_out)
  return out

# The sums over an expert's rows of left times right, [places, a] and [places, b] to out [experts, a, b].
def sums_of_products(self: __torch__.Ranker,
    left: Tensor,
    right: Tensor,
    parts: List[List[int]],
    out: Tensor) -> Tensor:
  for part in parts:
    expert, count, at, size = part
    part_left = torch.view(torch.narrow(left, 0, at, torch.mul(count, size)), [count, size, torch.size(left, 1)])
    part_right = torch.view(torch.narrow(right, 0, at, torch.mul(count, size)), [count, size, torch.size(right, 1)])
    _0 = torch.bmm(torch.transpose(part_left, 1, 2), part_right, out=torch.narrow(out, 0, expert, count))
  return out

# Of gate|up [places, 2m] the hidden layer h [places, m]. With keep, gate becomes dh / dup and up becomes dh / dgate.
def gated(self: __torch__.Ranker,
    both: Tensor,
    h: Tensor,
    s: Tensor,
    keep: bool) -> Tensor:
  gate, up = torch.split(both, torch.size(h, 1), 1)
  _0 = torch.mul(torch.mul_(gate, torch.sigmoid(gate, out=s)), up, out=h)
  if keep:
    _1 = torch.lerp(h, up, s, out=up)
  return h

# Gives o [N, B, W], added to a residual [N, B, W] if there is one; rows per routed expert [N, R]; and what backward
# wants to see again.
def sparse_moe(self: __torch__.Ranker,
    n: Tensor,
    z: Tensor,
    gate_up: Tensor,
    down: Tensor,
    shared_gate_up: Tensor,
    shared_down: Tensor,
    chosen: int,
    alpha: float,
    full: bool,
    keep: bool,
    residual: Optional[Tensor]=None) -> Tuple[Tensor, Tensor, List[Tensor]]:
  positions, examples, width = torch.size(n)
  routed, m = torch.size(gate_up, 1), torch.size(down, 2)
  n1 = torch.contiguous(n)
  picks, share = (self).chosen_experts(z, chosen, full)
  upto = torch.cumsum(torch.scatter(torch.zeros_like(torch.transpose(z, 1, 2), dtype=4, memory_format=0), 1, picks, 1), 2)
  counts = torch.contiguous(torch.select(upto, 2, -1))
  chunk = (self).chunk_of(n1, positions, torch.mul(torch.mul(examples, chosen), width))
  always = torch.mul(chunk, examples)
  rooms = (self).rooms_of(counts, chunk, torch.mul(examples, chosen), torch.mul(torch.mul(2, m), width))
  sizes = (self).sizes_of(rooms, torch.mul(chunk, routed), torch.mul(always, chosen))
  place = (self).places_of(picks, upto, counts, rooms, chunk)
  scaled = torch.mul(share, alpha)
  source = torch.new_zeros(picks, [sum(sizes)])
  weight = torch.new_zeros(n1, [sum(sizes)])
  sources = torch.split_with_sizes(source, sizes)
  _0 = (self).fill_places(place, scaled, sources, torch.split_with_sizes(weight, sizes))
  bag_place, bag_weight = (self).bags_of(place, scaled, sizes)
  each = torch.add(chosen, 1)
  bags = torch.mul(torch.arange(always, device=ops.prim.device(n)), each)
  bag_places = torch.split(bag_place, torch.mul(always, each))
  bag_weights = torch.split(bag_weight, torch.mul(always, each))
  most = torch.add(max(sizes), always)
  kept = torch.add(sum(sizes), torch.mul(positions, examples)) if keep else most
  hidden = torch.new_empty(n1, [kept, torch.mul(2, m)])
  h = torch.new_empty(n1, [kept, m])
  s = torch.new_empty(n1, [most, m])
  rows = torch.new_empty(n1, [most, width])
  o = torch.empty_like(n1)
  n_chunks = torch.split(n1, chunk)
  n_rows = torch.split(torch.flatten(n1, 0, 1), always)
  o_rows = torch.split(torch.flatten(o, 0, 1), always)
  before = torch.split(torch.flatten(torch.contiguous(residual), 0, 1), always) if residual is not None else o_rows
  ins = torch.split(torch.flatten(gate_up, 0, 1), torch.mul(chunk, routed))
  outs = torch.split(torch.flatten(down, 0, 1), torch.mul(chunk, routed))
  shared_ins = torch.split(shared_gate_up, chunk)
  shared_outs = torch.split(shared_down, chunk)
  count_chunks = torch.split(counts, chunk)
  at = 0
  for i in range(torch.len(sizes)):
    size = sizes[i]
    parts = (self).parts_of(count_chunks[i], rooms[i])
    chunk_hidden = torch.narrow(hidden, 0, at, torch.add(size, always))
    chunk_h = torch.narrow(h, 0, at, torch.add(size, always))
    chunk_rows = torch.narrow(rows, 0, 0, torch.add(size, always))
    routed_rows, shared_rows = torch.split_with_sizes(chunk_rows, [size, always])
    routed_hidden, shared_hidden = torch.split_with_sizes(chunk_hidden, [size, always])
    routed_h, shared_h = torch.split_with_sizes(chunk_h, [size, always])
    _1 = torch.index_select(n_rows[i], 0, sources[i], out=routed_rows)
    _2 = (self).products(routed_rows, ins[i], parts, routed_hidden)
    _3 = torch.bmm(n_chunks[i], shared_ins[i], out=torch.view(shared_hidden, [chunk, examples, -1]))
    _4 = (self).gated(chunk_hidden, chunk_h, torch.narrow(s, 0, 0, torch.add(size, always)), keep)
    _5 = (self).products(routed_h, outs[i], parts, routed_rows)
    shared_out = torch.view(shared_rows, [chunk, examples, width])
    _6 = torch.bmm(torch.view(shared_h, [chunk, examples, m]), shared_outs[i], out=shared_out)
    sums = (self).sums_of_rows(chunk_rows, bag_places[i], bags, bag_weights[i])
    if residual is None:
      _7 = torch.copy_(o_rows[i], sums)
    else:
      _8 = torch.add(before[i], sums, out=o_rows[i])
    if keep:
      at = torch.add(at, torch.add(size, always))
  return (o, torch.to(counts, ops.prim.dtype(n)), [picks, share, place, bag_place, source, weight, counts, hidden, h])

# Gives dn and dz; the gradients of the weights are written in place.
def sparse_moe_backward(self: __torch__.Ranker,
    d_o: Tensor,
    n: Tensor,
    z: Tensor,
    gate_up: Tensor,
    down: Tensor,
    shared_gate_up: Tensor,
    shared_down: Tensor,
    seen: List[Tensor],
    chosen: int,
    alpha: float,
    full: bool,
    d_gate_up: Tensor,
    d_down: Tensor,
    d_shared_gate_up: Tensor,
    d_shared_down: Tensor) -> Tuple[Tensor, Tensor]:
  positions, examples, width = torch.size(n)
  routed, m = torch.size(gate_up, 1), torch.size(down, 2)
  n1 = torch.contiguous(n)
  d_o1 = torch.contiguous(d_o)
  chunk = (self).chunk_of(n1, positions, torch.mul(torch.mul(examples, chosen), width))
  always = torch.mul(chunk, examples)
  counts, hidden, h = seen[6], seen[7], seen[8]
  rooms = (self).rooms_of(counts, chunk, torch.mul(examples, chosen), torch.mul(torch.mul(2, m), width))
  sizes = (self).sizes_of(rooms, torch.mul(chunk, routed), torch.mul(always, chosen))
  sources = torch.split_with_sizes(seen[4], sizes)
  weights = torch.split_with_sizes(seen[5], sizes)
  places = torch.split(seen[2], chunk)
  each = torch.add(chosen, 1)
  bag_places = torch.split(seen[3], torch.mul(always, each))
  bags = torch.mul(torch.arange(always, device=ops.prim.device(n)), each)
  most = torch.add(max(sizes), always)
  singles = torch.arange(most, device=ops.prim.device(n))
  d_h = torch.new_empty(n1, [most, m])
  d_hidden = torch.new_empty(n1, [most, torch.mul(2, m)])
  rows = torch.new_empty(n1, [most, width])
  d_n = torch.empty_like(n1)
  d_weights = annotate(List[Tensor], [])
  n_chunks = torch.split(n1, chunk)
  n_rows = torch.split(torch.flatten(n1, 0, 1), always)
  d_o_chunks = torch.split(d_o1, chunk)
  d_o_rows = torch.split(torch.flatten(d_o1, 0, 1), always)
  d_n_rows = torch.split(torch.flatten(d_n, 0, 1), always)
  ins = torch.split(torch.transpose(torch.flatten(gate_up, 0, 1), 1, 2), torch.mul(chunk, routed))
  outs = torch.split(torch.transpose(torch.flatten(down, 0, 1), 1, 2), torch.mul(chunk, routed))
  d_ins = torch.split(torch.flatten(d_gate_up, 0, 1), torch.mul(chunk, routed))
  d_outs = torch.split(torch.flatten(d_down, 0, 1), torch.mul(chunk, routed))
  shared_ins = torch.split(torch.transpose(shared_gate_up, 1, 2), chunk)
  shared_outs = torch.split(torch.transpose(shared_down, 1, 2), chunk)
  d_shared_ins = torch.split(d_shared_gate_up, chunk)
  d_shared_outs = torch.split(d_shared_down, chunk)
  count_chunks = torch.split(counts, chunk)
  at = 0
  for i in range(torch.len(sizes)):
    size = sizes[i]
    parts = (self).parts_of(count_chunks[i], rooms[i])
    of_gate, of_up = torch.split(torch.narrow(hidden, 0, at, torch.add(size, always)), m, 1)
    routed_h, shared_h = torch.split_with_sizes(torch.narrow(h, 0, at, torch.add(size, always)), [size, always])
    chunk_d_h = torch.narrow(d_h, 0, 0, torch.add(size, always))
    routed_d_h, shared_d_h = torch.split_with_sizes(chunk_d_h, [size, always])
    chunk_d_hidden = torch.narrow(d_hidden, 0, 0, torch.add(size, always))
    routed_d_hidden, shared_d_hidden = torch.split_with_sizes(chunk_d_hidden, [size, always])
    d_gate, d_up = torch.split(chunk_d_hidden, m, 1)
    chunk_rows = torch.narrow(rows, 0, 0, torch.add(size, always))
    routed_rows, shared_rows = torch.split_with_sizes(chunk_rows, [size, always])
    dy = (self).sums_of_rows(d_o_rows[i], sources[i], torch.narrow(singles, 0, 0, size), weights[i])
    _1 = (self).products(dy, outs[i], parts, routed_d_h)
    _2 = (self).sums_of_products(routed_h, dy, parts, d_outs[i])
    _3 = torch.bmm(d_o_chunks[i], shared_outs[i], out=torch.view(shared_d_h, [chunk, examples, m]))
    shared_h_t = torch.transpose(torch.view(shared_h, [chunk, examples, m]), 1, 2)
    _4 = torch.bmm(shared_h_t, d_o_chunks[i], out=d_shared_outs[i])
    _5 = torch.mul(chunk_d_h, of_up, out=d_gate)
    _6 = torch.mul(chunk_d_h, of_gate, out=d_up)
    d_weight = torch.sum(torch.mul_(routed_d_h, routed_h), [1])
    _7 = torch.append(d_weights, torch.index_select(d_weight, 0, torch.flatten(places[i])))
    _8 = torch.index_select(n_rows[i], 0, sources[i], out=routed_rows)
    _9 = (self).sums_of_products(routed_rows, routed_d_hidden, parts, d_ins[i])
    _10 = (self).products(routed_d_hidden, ins[i], parts, routed_rows)
    shared_d = torch.view(shared_d_hidden, [chunk, examples, -1])
    _11 = torch.bmm(torch.transpose(n_chunks[i], 1, 2), shared_d, out=d_shared_ins[i])
    _12 = torch.bmm(shared_d, shared_ins[i], out=torch.view(shared_rows, [chunk, examples, width]))
    _13 = torch.copy_(d_n_rows[i], (self).sums_of_rows(chunk_rows, bag_places[i], bags, None))
    at = torch.add(at, torch.add(size, always))
  weighted = torch.view(torch.cat(d_weights), [positions, chosen, examples])
  return (d_n, (self).gradient_of_logits(z, seen[0], seen[1], weighted, full))

# With each chosen share's gradient times the share, [N, K, B].
def gradient_of_logits(self: __torch__.Ranker,
    z: Tensor,
    picks: Tensor,
    share: Tensor,
    weighted: Tensor,
    full: bool) -> Tensor:
  total = torch.sum(weighted, [1], True)
  if full:
    of_all = torch.neg(torch.mul(torch.softmax(torch.transpose(z, 1, 2), 1), total))
    d_z = torch.scatter_add(of_all, 1, picks, weighted)
  else:
    none = torch.zeros_like(torch.transpose(z, 1, 2), memory_format=0)
    d_z = torch.scatter(none, 1, picks, torch.sub(weighted, torch.mul(share, total)))
  return torch.transpose(d_z, 1, 2)
