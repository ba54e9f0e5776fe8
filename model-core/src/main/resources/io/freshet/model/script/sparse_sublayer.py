# A sublayer of a TokenMixer-Large block, norm, sparse mixture of experts per position and residual, as one kernel:
#
#   y = x + F(norm(x))                   mixed False: N = T positions of width W = D
#   y = x + revert(F(mix(norm(x))))      mixed True: N = H positions of width W = T D / H
#   norm(x) = x r gain, r = 1 / sqrt(mean(x^2) + epsilon);  F is sparse_moe.py's, its logits z = n router
#
# x, y [T, B, D], gain [D], router [N, W, R]. Examples come before features, unlike in swiglu_sublayer.py: what is
# copied to the experts and back are rows.
#
# Mixing copies runs of W / T numbers. Norm, mixing and its way back go over the examples in parts, of which all tokens
# fit into a core's caches: a run is a piece of a cache line, and the rest of the line is wanted for other positions.
#
# All x r are of length sqrt(D), epsilon left out, so that the norm's backward pass is that of a weight norm: one
# operation.
#
# Needs: chunks, sparse_moe

# How many examples to take at once where rows of all tokens are turned into those of positions: 512 KB.
def part_of(self: __torch__.Ranker,
    x: Tensor) -> int:
  tokens, examples, width = torch.size(x)
  if x.is_cuda:
    return examples
  return max(1, torch.floordiv(131072, torch.mul(tokens, width)))

# Rows of positions [N, B, W] as tokens, [T, B, N, W / T] in the order of their places; the inverse has T for N.
def swapped(self: __torch__.Ranker,
    rows: Tensor,
    tokens: int) -> Tensor:
  positions, examples, width = torch.size(rows)
  return torch.permute(torch.view(rows, [positions, examples, tokens, -1]), [2, 1, 0, 3])

# Tokens [T, B, D] as the rows of positions [N, B, W], or the inverse.
def mixed_rows(self: __torch__.Ranker,
    x: Tensor,
    positions: int) -> Tensor:
  part = (self).part_of(x)
  tokens, examples, width = torch.size(x)
  rows = torch.new_empty(x, [positions, examples, torch.floordiv(torch.mul(tokens, width), positions)])
  xs = torch.split((self).swapped(x, positions), part, 1)
  outs = torch.split(torch.view(rows, [positions, examples, tokens, -1]), part, 1)
  for i in range(torch.len(xs)):
    _0 = torch.copy_(outs[i], xs[i])
  return rows

# norm(x) as the positions see it [N, B, W], and r [T, B, 1].
def normed_rows(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    positions: int,
    mixed: bool,
    epsilon: float) -> Tuple[Tensor, Tensor]:
  part = (self).part_of(x)
  tokens, examples, width = torch.size(x)
  rows = torch.new_empty(x, [positions, examples, torch.floordiv(torch.mul(tokens, width), positions)])
  r = torch.new_empty(x, [tokens, examples, 1])
  outs = torch.split((self).swapped(rows, tokens) if mixed else rows, part, 1)
  xs = torch.split(x, part, 1)
  rs = torch.split(r, part, 1)
  for i in range(torch.len(xs)):
    length = torch.linalg_vector_norm(xs[i], 2, [2], True, out=rs[i])
    _0 = torch.rsqrt_(torch.add_(torch.div_(torch.mul_(length, length), width), epsilon))
    if mixed:
      normed = torch.mul_(torch.mul(xs[i], rs[i]), gain)
      _1 = torch.copy_(outs[i], torch.view(normed, torch.size(outs[i])))
    else:
      _2 = torch.mul_(torch.mul(xs[i], rs[i], out=outs[i]), gain)
  return (rows, r)

# x + revert(o), of o [N, B, W].
def reverted(self: __torch__.Ranker,
    x: Tensor,
    o: Tensor) -> Tensor:
  part = (self).part_of(x)
  y = torch.empty_like(x)
  xs = torch.split(x, part, 1)
  ys = torch.split(y, part, 1)
  os = torch.split((self).swapped(o, torch.size(x, 0)), part, 1)
  for i in range(torch.len(xs)):
    _0 = torch.copy_(torch.view(ys[i], torch.size(os[i])), os[i])
    _1 = torch.add_(ys[i], xs[i])
  return y

# y, z, rows per routed expert, and what backward wants to see again.
def sparse_sublayer(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    router: Tensor,
    gate_up: Tensor,
    down: Tensor,
    shared_gate_up: Tensor,
    shared_down: Tensor,
    chosen: int,
    alpha: float,
    full: bool,
    mixed: bool,
    epsilon: float,
    keep: bool) -> Tuple[Tensor, Tensor, Tensor, List[Tensor]]:
  x1 = torch.contiguous(x)
  positions = torch.size(router, 0)
  n, r = (self).normed_rows(x1, gain, positions, mixed, epsilon)
  z = torch.bmm(n, router)
  residual = annotate(Optional[Tensor], None)
  if not mixed:
    residual = x1
  y, rows, seen = (self).sparse_moe(n, z, gate_up, down, shared_gate_up, shared_down, chosen, alpha, full, keep, residual)
  if mixed:
    y = (self).reverted(x1, y)
  _1 = torch.append(seen, n)
  _2 = torch.append(seen, r)
  _3 = torch.append(seen, x1)
  return (y, z, rows, seen)

# dx, from dn as tokens, [T, B, D] or with D as [N, D / N]. The gain's gradient is written in place.
def norm_of_rows_backward(self: __torch__.Ranker,
    dn: Tensor,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    r: Tensor,
    d_gain: Tensor) -> Tensor:
  tokens, examples, width = torch.size(x)
  part = min(examples, (self).part_of(x))
  dx = torch.empty_like(x)
  normed = torch.new_empty(x, [torch.mul(tokens, part), width])
  q = torch.empty_like(normed)
  sums = torch.zeros_like(normed)
  lengths = torch.new_full(x, [torch.mul(tokens, part), 1], torch.sqrt(width))
  dns = torch.split(dn, part, 1)
  dys = torch.split(dy, part, 1)
  dxs = torch.split(dx, part, 1)
  xs = torch.split(x, part, 1)
  rs = torch.split(r, part, 1)
  for i in range(torch.len(xs)):
    rows = torch.mul(tokens, torch.size(xs[i], 1))
    part_normed = torch.narrow(normed, 0, 0, rows)
    part_q = torch.narrow(q, 0, 0, rows)
    _0 = torch.mul(xs[i], rs[i], out=torch.view(part_normed, torch.size(xs[i])))
    _1 = torch.copy_(torch.view(part_q, torch.size(dns[i])), dns[i])
    _2 = torch.addcmul_(torch.narrow(sums, 0, 0, rows), part_q, part_normed)
    norms = torch.mul(torch.flatten(rs[i], 0, 1), torch.sqrt(width))
    dv, _3 = torch._weight_norm_interface_backward(torch.mul_(part_q, gain), part_normed, norms, torch.narrow(lengths, 0, 0, rows), 0)
    _4 = torch.add(dys[i], torch.view(dv, torch.size(xs[i])), out=dxs[i])
  _5 = torch.sum(sums, [0], out=d_gain)
  return dx

# dx; the gradients of the weights are written in place. d_z is what others than the experts make of the logits.
def sparse_sublayer_backward(self: __torch__.Ranker,
    dy: Tensor,
    d_z: Tensor,
    x: Tensor,
    gain: Tensor,
    router: Tensor,
    gate_up: Tensor,
    down: Tensor,
    shared_gate_up: Tensor,
    shared_down: Tensor,
    z: Tensor,
    seen: List[Tensor],
    chosen: int,
    alpha: float,
    full: bool,
    mixed: bool,
    d_gain: Tensor,
    d_router: Tensor,
    d_gate_up: Tensor,
    d_down: Tensor,
    d_shared_gate_up: Tensor,
    d_shared_down: Tensor) -> Tensor:
  x1 = seen[11]
  dy1 = torch.contiguous(dy)
  n = seen[9]
  positions = torch.size(router, 0)
  if mixed:
    d = (self).mixed_rows(dy1, positions)
  else:
    d = dy1
  dn, d_z1 = (self).sparse_moe_backward(d, n, z, gate_up, down, shared_gate_up, shared_down, seen, chosen, alpha, full, d_gate_up, d_down, d_shared_gate_up, d_shared_down)
  d_logits = torch.add(d_z1, d_z)
  d_router_t = torch.bmm(torch.transpose(d_logits, 1, 2), n)
  _0 = torch.copy_(d_router, torch.transpose(d_router_t, 1, 2))
  dn1 = torch.baddbmm_(dn, d_logits, torch.transpose(router, 1, 2))
  if mixed:
    dn_tokens = (self).swapped(dn1, torch.size(x, 0))
  else:
    dn_tokens = dn1
  return (self).norm_of_rows_backward(dn_tokens, dy1, x1, gain, seen[10], d_gain)
