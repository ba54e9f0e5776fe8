# o = alpha * sum over the chosen experts of their shares times their results + the result of the shared expert.
# x [N, B, W], logits z [N, B, E - 1], gate_up [N, E, W, 2m] gate first, down [N, E, m, W]; the shared expert is the last.
# Gives o [N, B, W], rows per routed expert [N, E - 1], and what backward wants to see again.
def sparse_moe_forward(self: __torch__.Ranker,
    x: Tensor,
    z: Tensor,
    gate_up: Tensor,
    down: Tensor,
    chosen: int,
    alpha: float,
    full: bool) -> Tuple[Tensor, Tensor, List[Tensor]]:
  positions = torch.size(x, 0)
  batch = torch.size(x, 1)
  width = torch.size(x, 2)
  routed = torch.size(z, 2)
  hidden = torch.size(down, 2)
  # A stable sort gives the first of equal logits.
  sorted, order = torch.sort(z, stable=True, dim=2, descending=True)
  picks = torch.slice(order, 2, 0, chosen)
  if full:
    share = torch.gather(torch.softmax(z, 2), 2, picks)
  else:
    share = torch.softmax(torch.slice(sorted, 2, 0, chosen), 2)
  # Slots (position, example, choice) in the order of (position, expert): the groups of rows, one after another.
  position = torch.unsqueeze(torch.unsqueeze(torch.arange(positions, device=x.device), 1), 2)
  group = torch.reshape(torch.add(torch.mul(position, routed), picks), [-1])
  slots = torch.argsort(group, stable=True)
  counts = torch.bincount(group, None, torch.mul(positions, routed))
  source = torch.floor_divide(slots, chosen)
  rows = torch.index_select(torch.reshape(x, [-1, width]), 0, source)
  factor = torch.unsqueeze(torch.mul(torch.index_select(torch.reshape(share, [-1]), 0, slots), alpha), 1)
  products = torch.empty([torch.size(rows, 0), torch.mul(2, hidden)], dtype=x.dtype, device=x.device)
  results = torch.empty_like(rows)
  start = 0
  for g in range(torch.mul(positions, routed)):
    n = torch.floordiv(g, routed)
    j = torch.remainder(g, routed)
    size = int(counts[g])
    product = torch.narrow(products, 0, start, size)
    torch.mm(torch.narrow(rows, 0, start, size), gate_up[n][j], out=product)
    gate, up = torch.chunk(product, 2, 1)
    scaled = torch.mul(torch.mul(torch.silu(gate), up), torch.narrow(factor, 0, start, size))
    torch.mm(scaled, down[n][j], out=torch.narrow(results, 0, start, size))
    start = torch.add(start, size)
  # Back to the order of the slots, where the results of a row lie side by side.
  back = torch.argsort(slots)
  each = torch.reshape(torch.index_select(results, 0, back), [positions, batch, chosen, width])
  always = torch.bmm(x, torch.select(gate_up, 1, routed))
  always_gate, always_up = torch.chunk(always, 2, 2)
  shared = torch.bmm(torch.mul(torch.silu(always_gate), always_up), torch.select(down, 1, routed))
  o = torch.add(torch.sum(each, [2]), shared)
  load = torch.to(torch.reshape(counts, [positions, routed]), x.dtype)
  return (o, load, [picks, share, slots, counts, products, always])

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
  picks, share, slots, counts, products, always, = saved
  positions = torch.size(x, 0)
  batch = torch.size(x, 1)
  width = torch.size(x, 2)
  routed = torch.size(z, 2)
  hidden = torch.size(down, 2)
  source = torch.floor_divide(slots, chosen)
  rows = torch.index_select(torch.reshape(x, [-1, width]), 0, source)
  d_rows = torch.index_select(torch.reshape(d_o, [-1, width]), 0, source)
  factor = torch.unsqueeze(torch.mul(torch.index_select(torch.reshape(share, [-1]), 0, slots), alpha), 1)
  d_share_sorted = torch.empty([torch.size(rows, 0)], dtype=x.dtype, device=x.device)
  d_x_rows = torch.empty_like(rows)
  start = 0
  for g in range(torch.mul(positions, routed)):
    n = torch.floordiv(g, routed)
    j = torch.remainder(g, routed)
    size = int(counts[g])
    gate, up = torch.chunk(torch.narrow(products, 0, start, size), 2, 1)
    d_y = torch.narrow(d_rows, 0, start, size)
    scale = torch.narrow(factor, 0, start, size)
    h, d_product, d_scale = (self).swiglu_gradients(gate, up, torch.mm(d_y, torch.t(down[n][j])), scale)
    torch.copy_(torch.narrow(d_share_sorted, 0, start, size), torch.mul(d_scale, alpha))
    torch.copy_(d_down[n][j], torch.mm(torch.t(h), d_y))
    torch.copy_(d_gate_up[n][j], torch.mm(torch.t(torch.narrow(rows, 0, start, size)), d_product))
    torch.mm(d_product, torch.t(gate_up[n][j]), out=torch.narrow(d_x_rows, 0, start, size))
    start = torch.add(start, size)
  back = torch.argsort(slots)
  each = torch.reshape(torch.index_select(d_x_rows, 0, back), [positions, batch, chosen, width])
  d_share = torch.reshape(torch.index_select(d_share_sorted, 0, back), [positions, batch, chosen])
  weighted = torch.mul(share, d_share)
  total = torch.sum(weighted, [2], True)
  if full:
    d_z = torch.scatter_add(torch.neg(torch.mul(torch.softmax(z, 2), total)), 2, picks, weighted)
  else:
    d_z = torch.scatter(torch.zeros_like(z), 2, picks, torch.sub(weighted, torch.mul(share, total)))
  always_gate, always_up = torch.chunk(always, 2, 2)
  d_hidden = torch.bmm(d_o, torch.transpose(torch.select(down, 1, routed), 1, 2))
  h0, d_always, d_one = (self).swiglu_gradients(always_gate, always_up, d_hidden, torch.ones([1], dtype=x.dtype, device=x.device))
  torch.copy_(torch.select(d_down, 1, routed), torch.bmm(torch.transpose(h0, 1, 2), d_o))
  torch.copy_(torch.select(d_gate_up, 1, routed), torch.bmm(torch.transpose(x, 1, 2), d_always))
  d_x = torch.bmm(d_always, torch.transpose(torch.select(gate_up, 1, routed), 1, 2))
  return (torch.add(d_x, torch.sum(each, [2])), d_z)

# With h = silu(gate) up: scale h, the gradient of gate|up, and <dY down', h>, which is that of scale.
def swiglu_gradients(self: __torch__.Ranker,
    gate: Tensor,
    up: Tensor,
    d_y_down: Tensor,
    scale: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  sigmoid = torch.sigmoid(gate)
  activated = torch.mul(gate, sigmoid)
  h = torch.mul(activated, up)
  d_scale = torch.sum(torch.mul(d_y_down, h), [-1])
  d_h = torch.mul(d_y_down, scale)
  slope = torch.mul(sigmoid, torch.add(torch.mul(gate, torch.rsub(sigmoid, 1.)), 1.))
  d_gate = torch.mul(torch.mul(d_h, up), slope)
  d_up = torch.mul(d_h, activated)
  return (torch.mul(h, scale), torch.cat([d_gate, d_up], -1), d_scale)
