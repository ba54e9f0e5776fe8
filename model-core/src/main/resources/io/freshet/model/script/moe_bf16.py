# A mixture of experts with products in bfloat16, for GPUs; sparse_moe.py says what is computed, bf16.py in which numbers.
#
# Needs: bf16
#
#   n [N, B, W]; logits z [N, B, R] in float32; experts, as the optimizer's float32: gate_up [N, R, W, 2m], down
#   [N, R, m, W], and the shared one's [N, W, 2m] and [N, m, W]
#
# All experts of all positions have equal room, as much as the busiest needs, so that their products are one call each; the
# room left is filled with row 0 at weight 0. That room is the one number per layer that the GPU must tell the CPU. Where
# one expert has most of the rows, room and work are those of all experts as busy as it.
#
# A row's weight, alpha times its share, is multiplied into the hidden layer h. So with dh' the gradient of weight h, the
# sum of dh' weight h is the share times the share's gradient, which is all that the softmax asks for.

# Which experts a row chose, and with what shares, [N, B, K]. A stable sort gives the first of equal logits.
def chosen_experts_bf16(self: __torch__.Ranker,
    z: Tensor,
    chosen: int,
    full: bool) -> Tuple[Tensor, Tensor]:
  sorted, order = torch.sort(z, stable=True, dim=2, descending=True)
  picks = torch.contiguous(torch.slice(order, 2, 0, chosen))
  if full:
    share = torch.gather(torch.softmax(z, 2), 2, picks)
  else:
    share = torch.softmax(torch.slice(sorted, 2, 0, chosen), 2)
  return (picks, share)

# The place of each choice [N, B, K], expert after expert and position after position; rows per expert [N, R]; and room.
def places_bf16(self: __torch__.Ranker,
    z: Tensor,
    picks: Tensor) -> Tuple[Tensor, Tensor, int]:
  positions, examples, routed = torch.size(z)
  upto = torch.cumsum(torch.scatter(torch.zeros_like(z, dtype=3), 2, picks, 1), 1, dtype=4)
  counts = torch.select(upto, 1, -1)
  room = int(torch.max(counts))
  experts = torch.arange(torch.mul(positions, routed), device=ops.prim.device(z))
  first = torch.view(torch.mul(experts, room), [positions, 1, routed])
  place = torch.gather(torch.add(upto, torch.sub(first, 1)), 2, picks)
  return (place, counts, room)

# Adds to each row of o [N, B, W] those of its K places.
def add_chosen_bf16(self: __torch__.Ranker,
    o: Tensor,
    results: Tensor,
    place: Tensor) -> Tensor:
  width = torch.size(o, 2)
  choices = torch.size(place, 2)
  bags = torch.arange(0, torch.numel(place), choices, device=ops.prim.device(place))
  sums, _0, _1, _2 = torch.embedding_bag(torch.view(results, [-1, width]), torch.flatten(place), bags, False, 0, False, None, False)
  return torch.add_(o, torch.view(sums, torch.size(o)))

# o [N, B, W], rows per routed expert [N, R] in float32, and what backward wants to see again.
def sparse_moe_bf16(self: __torch__.Ranker,
    n: Tensor,
    z: Tensor,
    experts: List[Tensor],
    chosen: int,
    alpha: float,
    full: bool) -> Tuple[Tensor, Tensor, List[Tensor]]:
  gate_up, down, shared_gate_up, shared_down, = experts
  positions, examples, width = torch.size(n)
  gate_up16 = torch.to(torch.flatten(gate_up, 0, 1), 15)
  down16 = torch.to(torch.flatten(down, 0, 1), 15)
  shared_gate_up16 = torch.to(shared_gate_up, 15)
  shared_down16 = torch.to(shared_down, 15)
  picks, share = (self).chosen_experts_bf16(z, chosen, full)
  place, counts, room = (self).places_bf16(z, picks)
  places = torch.mul(torch.size(gate_up16, 0), room)
  at = torch.flatten(place)
  row = torch.floor_divide(torch.arange(torch.numel(at), device=ops.prim.device(at)), chosen)
  source = torch.scatter(torch.new_zeros(at, [places]), 0, at, row)
  weight = torch.scatter(torch.new_zeros(share, [places]), 0, at, torch.flatten(torch.mul(share, alpha)))
  weight1 = torch.view(weight, [-1, room, 1])
  rows = torch.view(torch.index_select(torch.flatten(n, 0, 1), 0, source), [-1, room, width])
  product = torch.bmm(rows, gate_up16)
  h = torch.mul_((self).gated_bf16(product), weight1)
  shared_product = torch.bmm(n, shared_gate_up16)
  shared_h = (self).gated_bf16(shared_product)
  o = (self).add_chosen_bf16(torch.bmm(shared_h, shared_down16), torch.bmm(h, down16), place)
  routing = [picks, share, place, source, weight1]
  factors = [gate_up16, down16, shared_gate_up16, shared_down16]
  return (o, torch.to(counts, 6), torch.add(torch.add(routing, factors), [product, h, shared_product, shared_h]))

# Gives dn and, in float32, dz; the gradients of the weights are written in place.
def sparse_moe_backward_bf16(self: __torch__.Ranker,
    d_o: Tensor,
    n: Tensor,
    z: Tensor,
    seen: List[Tensor],
    full: bool,
    d_experts: List[Tensor]) -> Tuple[Tensor, Tensor]:
  picks, share, place, source, weight, gate_up16, down16, shared_gate_up16, shared_down16, product, h, shared_product, shared_h, = seen
  d_gate_up, d_down, d_shared_gate_up, d_shared_down, = d_experts
  room, width = torch.size(product, 1), torch.size(n, 2)
  dy = torch.view(torch.index_select(torch.flatten(d_o, 0, 1), 0, source), [-1, room, width])
  _0 = torch.copy_(torch.flatten(d_down, 0, 1), torch.bmm(torch.transpose(h, 1, 2), dy))
  d_h = torch.bmm(dy, torch.transpose(down16, 1, 2))
  sums = torch.sum(torch.mul(d_h, h), [2], False, dtype=6)
  weighted = torch.view(torch.index_select(torch.flatten(sums), 0, torch.flatten(place)), torch.size(place))
  d_product = (self).gated_backward_bf16(torch.mul_(d_h, weight), product)
  rows = torch.view(torch.index_select(torch.flatten(n, 0, 1), 0, source), [-1, room, width])
  _1 = torch.copy_(torch.flatten(d_gate_up, 0, 1), torch.bmm(torch.transpose(rows, 1, 2), d_product))
  d_rows = torch.bmm(d_product, torch.transpose(gate_up16, 1, 2))
  _2 = torch.copy_(d_shared_down, torch.bmm(torch.transpose(shared_h, 1, 2), d_o))
  d_shared_h = torch.bmm(d_o, torch.transpose(shared_down16, 1, 2))
  d_shared_product = (self).gated_backward_bf16(d_shared_h, shared_product)
  _3 = torch.copy_(d_shared_gate_up, torch.bmm(torch.transpose(n, 1, 2), d_shared_product))
  d_n = torch.bmm(d_shared_product, torch.transpose(shared_gate_up16, 1, 2))
  d_n1 = (self).add_chosen_bf16(d_n, d_rows, place)
  total = torch.sum(weighted, [2], True)
  if full:
    d_z = torch.scatter_add(torch.neg(torch.mul(torch.softmax(z, 2), total)), 2, picks, weighted)
  else:
    d_z = torch.scatter(torch.zeros_like(z), 2, picks, torch.sub(weighted, torch.mul(share, total)))
  return (d_n1, d_z)

# y = x + F(norm(x)), or mixed y = x + revert(F(mix(norm(x)))), F the mixture with logits from router [N, W, R]; then the
# logits, rows per routed expert, and what backward wants to see again.
def sparse_sublayer_bf16(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    router: Tensor,
    experts: List[Tensor],
    chosen: int,
    alpha: float,
    full: bool,
    mixed: bool,
    epsilon: float) -> Tuple[Tensor, Tensor, Tensor, List[Tensor]]:
  n, r = (self).rms_norm_bf16(x, gain, epsilon)
  if mixed:
    n = (self).mixed_rows_bf16(n, torch.size(router, 0))
  z = torch.bmm(torch.to(n, 6), router)
  o, rows, seen = (self).sparse_moe_bf16(n, z, experts, chosen, alpha, full)
  if mixed:
    o = (self).mixed_rows_bf16(o, torch.size(x, 0))
  return (torch.add_(o, x), z, rows, torch.add(seen, [n, r]))

# Gives dx; the gradients of gain and weights are written in place.
def sparse_sublayer_backward_bf16(self: __torch__.Ranker,
    dy: Tensor,
    d_logits: Tensor,
    x: Tensor,
    gain: Tensor,
    router: Tensor,
    z: Tensor,
    seen: List[Tensor],
    full: bool,
    mixed: bool,
    d_gain: Tensor,
    d_router: Tensor,
    d_experts: List[Tensor]) -> Tensor:
  n, r = seen[13], seen[14]
  d_o = dy
  if mixed:
    d_o = (self).mixed_rows_bf16(dy, torch.size(router, 0))
  dn, d_z = (self).sparse_moe_backward_bf16(d_o, n, z, torch.slice(seen, 0, 13), full, d_experts)
  d_z16 = torch.to(torch.add(d_z, d_logits), 15)
  _0 = torch.copy_(d_router, torch.bmm(torch.transpose(n, 1, 2), d_z16))
  dn1 = torch.baddbmm_(dn, d_z16, torch.transpose(torch.to(router, 15), 1, 2))
  if mixed:
    dn1 = (self).mixed_rows_bf16(dn1, torch.size(x, 0))
  q, c = (self).rms_norm_parts_bf16(dn1, x, gain, r, d_gain)
  d_x = torch.addcmul(dy, q, r, out=q)
  return torch.addcmul_(d_x, x, c, value=-1)
