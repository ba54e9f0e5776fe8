# Needs: chunks
#
# o = alpha * sum over the chosen experts of their shares times their results + the result of the shared expert.
# x [N, B, W], logits z [N, B, E - 1], gate_up [N, E, W, 2m] gate first, down [N, E, m, W]; the shared expert is the last.
# R = E - 1 routed experts of which K are chosen. An expert computes the rows that chose it and no others:
#
#   permute     the rows of an expert lie together; its first place and a row's rank among them say where
#   products    one batch of products for the experts of a few positions
#   un-permute  a row of o is the weighted sum of its K results: an embedding bag
#
# What makes it fast:
#  - Ranks are a running count of who chose what; nothing is sorted but the logits of a row.
#  - Experts get equal room, as much as the busiest needs, so that their products are one call; the room left is filled
#    with row 0 at weight 0. Where the load is so uneven that this is over twice the room, experts get what they need and
#    a call each: many small calls cost as much as twice the rows. Either way no row is dropped, and all is exact.
#  - A few positions at a time, so that rows and hidden layers stay in the cores' caches; their experts are copied side by
#    side first, since the shared one stands between those of two positions.
#  - The hidden layer lies features first, [.., 2m, rows]: gate and up are blocks of their own.

# Which experts a row chose, and with what shares [N, B, K]. A stable sort gives the first of equal logits.
def chosen_experts(self: __torch__.Ranker,
    z: Tensor,
    chosen: int,
    full: bool) -> Tuple[Tensor, Tensor]:
  sorted, order = torch.sort(z, stable=True, dim=2, descending=True)
  picks = torch.slice(order, 2, 0, chosen)
  if full:
    share = torch.gather(torch.softmax(z, 2), 2, picks)
  else:
    share = torch.softmax(torch.slice(sorted, 2, 0, chosen), 2)
  return (picks, share)

# The products of some experts, c rows each: rows [e, c, W] to hidden [e, 2m, c] and results [e, c, W].
def experts_forward(self: __torch__.Ranker,
    rows: Tensor,
    gate_up: Tensor,
    down: Tensor,
    hidden: Tensor,
    results: Tensor) -> Tensor:
  _0 = torch.bmm(torch.transpose(gate_up, 1, 2), torch.transpose(rows, 1, 2), out=hidden)
  gate, up = torch.split(hidden, torch.size(down, 1), 1)
  h = torch.mul_(torch.mul_(torch.sigmoid(gate), gate), up)
  return torch.bmm(torch.transpose(h, 1, 2), down, out=results)

# With dY [e, c, W] and each row's weight [e, 1, c] or [1, 1, 1]: writes the gradients of the experts and of the rows, and
# gives that of the weights [e, c]. As in swiglu_sublayer.py, s = sigmoid(gate), a = gate s, h = a up, and dh / dgate =
# lerp(h, up, s).
def experts_backward(self: __torch__.Ranker,
    dy: Tensor,
    rows: Tensor,
    weight: Tensor,
    gate_up: Tensor,
    down: Tensor,
    hidden: Tensor,
    d_gate_up: Tensor,
    d_down: Tensor,
    d_rows: Tensor) -> Tensor:
  m = torch.size(down, 1)
  gate, up = torch.split(hidden, m, 1)
  d_hidden = torch.empty_like(hidden)
  d_gate, d_up = torch.split(d_hidden, m, 1)
  a = torch.mul(gate, torch.sigmoid(gate, out=d_gate), out=d_up)
  h = torch.mul(a, up)
  _0 = torch.lerp(h, up, d_gate, out=d_gate)
  dh = torch.bmm(down, torch.transpose(dy, 1, 2))
  d_weight = torch.sum(torch.mul(dh, h), [1])
  _1 = torch.bmm(torch.mul_(h, weight), dy, out=d_down)
  weighted = torch.unsqueeze(torch.mul_(dh, weight), 1)
  _2 = torch.mul_(torch.view(d_hidden, [torch.size(hidden, 0), 2, m, torch.size(hidden, 2)]), weighted)
  _3 = torch.bmm(torch.transpose(rows, 1, 2), torch.transpose(d_hidden, 1, 2), out=d_gate_up)
  _4 = torch.bmm(torch.transpose(d_hidden, 1, 2), torch.transpose(gate_up, 1, 2), out=d_rows)
  return d_weight

# Room of each expert when all get the same, which is what the busiest needs; 0 if that is over twice too much.
def equal_room(self: __torch__.Ranker,
    counts: Tensor,
    rows: int) -> int:
  room = int(torch.max(counts))
  if torch.gt(torch.mul(torch.mul(room, torch.size(counts, 1)), 4), torch.mul(rows, 8)):
    room = 0
  return room

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

# Where each choice goes, [N, B K] places of a chunk, and which row of the chunk each place holds, [N, places].
def permutation(self: __torch__.Ranker,
    picks: Tensor,
    upto: Tensor,
    room: int,
    chunk: int) -> Tuple[Tensor, Tensor]:
  positions, examples, routed = torch.size(upto)
  choices = torch.mul(examples, torch.size(picks, 2))
  counts = torch.select(upto, 1, -1)
  first = torch.unsqueeze(torch.sub(torch.cumsum(counts, 1), counts), 1)
  places = choices
  if torch.gt(room, 0):
    first = torch.mul(torch.arange(routed, device=ops.prim.device(upto)), room)
    places = torch.mul(room, routed)
  place = torch.reshape(torch.gather(torch.add(upto, torch.sub(first, 1)), 2, picks), [positions, choices])
  row = torch.floor_divide(torch.arange(choices, device=ops.prim.device(upto)), torch.size(picks, 2))
  source = torch.new_zeros(upto, [positions, places])
  _0 = torch.scatter_(source, 1, place, torch.expand_as(row, place))
  in_chunk = torch.unsqueeze(torch.remainder(torch.arange(positions, device=ops.prim.device(upto)), chunk), 1)
  return (torch.add(place, torch.mul(in_chunk, places)), torch.add(source, torch.mul(in_chunk, examples)))

# The routed experts of positions from..to side by side, [positions * R, .., ..].
def routed_of(self: __torch__.Ranker,
    experts: Tensor,
    start: int,
    chunk: int) -> Tensor:
  routed = torch.narrow(torch.narrow(experts, 0, start, chunk), 1, 0, torch.sub(torch.size(experts, 1), 1))
  return torch.flatten(routed, 0, 1)

# Gives o [N, B, W], rows per routed expert [N, R], and what backward wants to see again.
def sparse_moe_forward(self: __torch__.Ranker,
    x: Tensor,
    z: Tensor,
    gate_up: Tensor,
    down: Tensor,
    chosen: int,
    alpha: float,
    full: bool) -> Tuple[Tensor, Tensor, List[Tensor]]:
  positions, examples, width = torch.size(x)
  routed = torch.size(z, 2)
  both = torch.size(gate_up, 3)
  x1 = torch.contiguous(x)
  picks, share = (self).chosen_experts(z, chosen, full)
  upto = torch.cumsum(torch.scatter(torch.zeros_like(z, dtype=4), 2, picks, 1), 1)
  counts = torch.select(upto, 1, -1)
  room = (self).equal_room(counts, torch.mul(examples, chosen))
  chunk = (self).chunk_of(x, positions, torch.mul(torch.mul(examples, chosen), width))
  place, source = (self).permutation(picks, upto, room, chunk)
  places = torch.mul(torch.size(source, 1), chunk)
  hidden = torch.new_empty(x1, [torch.mul(torch.numel(source), both)])
  always = torch.new_empty(x1, [positions, both, examples])
  o = torch.empty_like(x1)
  _0 = (self).experts_forward(x1, torch.select(gate_up, 1, routed), torch.select(down, 1, routed), always, o)
  rows = torch.new_empty(x1, [places, width])
  results = torch.empty_like(rows)
  bags = torch.mul(torch.arange(torch.mul(chunk, examples), device=ops.prim.device(x)), chosen)
  weights = torch.split(torch.reshape(torch.mul(share, alpha), [-1]), torch.mul(torch.mul(chunk, examples), chosen))
  x_chunks = torch.split(torch.flatten(x1, 0, 1), torch.mul(chunk, examples))
  o_chunks = torch.split(torch.flatten(o, 0, 1), torch.mul(chunk, examples))
  hidden_chunks = torch.split(hidden, torch.mul(places, both))
  for i in range(torch.len(x_chunks)):
    start = torch.mul(i, chunk)
    ins = (self).routed_of(gate_up, start, chunk)
    outs = (self).routed_of(down, start, chunk)
    _1 = torch.index_select(x_chunks[i], 0, torch.flatten(torch.narrow(source, 0, start, chunk)), out=rows)
    for part in (self).parts_of(torch.narrow(counts, 0, start, chunk), room):
      expert, experts, at, size = part
      count = torch.mul(experts, size)
      part_rows = torch.view(torch.narrow(rows, 0, at, count), [experts, size, width])
      part_results = torch.view(torch.narrow(results, 0, at, count), [experts, size, width])
      part_hidden = torch.narrow(hidden_chunks[i], 0, torch.mul(at, both), torch.mul(count, both))
      part_hidden1 = torch.view(part_hidden, [experts, both, size])
      part_ins = torch.narrow(ins, 0, expert, experts)
      part_outs = torch.narrow(outs, 0, expert, experts)
      _2 = (self).experts_forward(part_rows, part_ins, part_outs, part_hidden1, part_results)
    bag_places = torch.flatten(torch.narrow(place, 0, start, chunk))
    sums, _3, _4, _5 = torch.embedding_bag(results, bag_places, bags, False, 0, False, weights[i], False)
    _6 = torch.add_(o_chunks[i], sums)
  return (o, torch.to(counts, ops.prim.dtype(x)), [picks, share, place, source, counts, hidden, always])

# Gives dx and dz; the gradients of the weights are written in place.
def sparse_moe_backward(self: __torch__.Ranker,
    d_o: Tensor,
    x: Tensor,
    z: Tensor,
    gate_up: Tensor,
    down: Tensor,
    saved: List[Tensor],
    chosen: int,
    alpha: float,
    full: bool,
    d_gate_up: Tensor,
    d_down: Tensor) -> Tuple[Tensor, Tensor]:
  picks, share, place, source, counts, hidden, always, = saved
  positions, examples, width = torch.size(x)
  routed = torch.size(z, 2)
  both = torch.size(gate_up, 3)
  x1 = torch.contiguous(x)
  d_o1 = torch.contiguous(d_o)
  room = (self).equal_room(counts, torch.mul(examples, chosen))
  chunk = (self).chunk_of(x, positions, torch.mul(torch.mul(examples, chosen), width))
  places = torch.mul(torch.size(source, 1), chunk)
  d_x = torch.empty_like(x1)
  one = torch.new_ones(x1, [1, 1, 1])
  _0 = (self).experts_backward(d_o1, x1, one, torch.select(gate_up, 1, routed), torch.select(down, 1, routed), always, torch.select(d_gate_up, 1, routed), torch.select(d_down, 1, routed), d_x)
  rows = torch.new_empty(x1, [places, width])
  dy = torch.empty_like(rows)
  d_rows = torch.empty_like(rows)
  d_share = torch.new_empty(x1, [positions, torch.mul(examples, chosen)])
  weight = torch.scatter(torch.new_zeros(x1, [torch.floordiv(positions, chunk), places]), 1, torch.reshape(place, [torch.floordiv(positions, chunk), -1]), torch.reshape(torch.mul(share, alpha), [torch.floordiv(positions, chunk), -1]))
  bags = torch.mul(torch.arange(torch.mul(chunk, examples), device=ops.prim.device(x)), chosen)
  x_chunks = torch.split(torch.flatten(x1, 0, 1), torch.mul(chunk, examples))
  d_o_chunks = torch.split(torch.flatten(d_o1, 0, 1), torch.mul(chunk, examples))
  d_x_chunks = torch.split(torch.flatten(d_x, 0, 1), torch.mul(chunk, examples))
  hidden_chunks = torch.split(hidden, torch.mul(places, both))
  for i in range(torch.len(x_chunks)):
    start = torch.mul(i, chunk)
    ins = (self).routed_of(gate_up, start, chunk)
    outs = (self).routed_of(down, start, chunk)
    d_ins = torch.empty_like(ins)
    d_outs = torch.empty_like(outs)
    chunk_source = torch.flatten(torch.narrow(source, 0, start, chunk))
    _1 = torch.index_select(x_chunks[i], 0, chunk_source, out=rows)
    _2 = torch.index_select(d_o_chunks[i], 0, chunk_source, out=dy)
    d_weights = annotate(List[Tensor], [])
    for part in (self).parts_of(torch.narrow(counts, 0, start, chunk), room):
      expert, experts, at, size = part
      count = torch.mul(experts, size)
      shape = [experts, size, width]
      part_dy = torch.view(torch.narrow(dy, 0, at, count), shape)
      part_rows = torch.view(torch.narrow(rows, 0, at, count), shape)
      part_weight = torch.view(torch.narrow(weight[i], 0, at, count), [experts, 1, size])
      part_ins = torch.narrow(ins, 0, expert, experts)
      part_outs = torch.narrow(outs, 0, expert, experts)
      part_hidden = torch.narrow(hidden_chunks[i], 0, torch.mul(at, both), torch.mul(count, both))
      part_hidden1 = torch.view(part_hidden, [experts, both, size])
      part_d_ins = torch.narrow(d_ins, 0, expert, experts)
      part_d_outs = torch.narrow(d_outs, 0, expert, experts)
      part_d_rows = torch.view(torch.narrow(d_rows, 0, at, count), shape)
      d_weight = (self).experts_backward(part_dy, part_rows, part_weight, part_ins, part_outs, part_hidden1, part_d_ins, part_d_outs, part_d_rows)
      _3 = torch.append(d_weights, torch.flatten(d_weight))
    _4 = torch.copy_(torch.narrow(torch.narrow(d_gate_up, 0, start, chunk), 1, 0, routed), torch.view(d_ins, [chunk, routed, width, both]))
    _5 = torch.copy_(torch.narrow(torch.narrow(d_down, 0, start, chunk), 1, 0, routed), torch.view(d_outs, [chunk, routed, -1, width]))
    bag_places = torch.flatten(torch.narrow(place, 0, start, chunk))
    sums, _6, _7, _8 = torch.embedding_bag(d_rows, bag_places, bags, False, 0, False, None, False)
    _9 = torch.add_(d_x_chunks[i], sums)
    all_d_weights = torch.cat(d_weights)
    _10 = torch.copy_(torch.flatten(torch.narrow(d_share, 0, start, chunk)), torch.index_select(all_d_weights, 0, bag_places))
  weighted = torch.mul(share, torch.mul(torch.reshape(d_share, [positions, examples, chosen]), alpha))
  total = torch.sum(weighted, [2], True)
  if full:
    d_z = torch.scatter_add(torch.neg(torch.mul(torch.softmax(z, 2), total)), 2, picks, weighted)
  else:
    d_z = torch.scatter(torch.zeros_like(z), 2, picks, torch.sub(weighted, torch.mul(share, total)))
  return (d_x, d_z)
