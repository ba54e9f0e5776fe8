# A sublayer of a TokenMixer-Large block, norm, sparse mixture of experts per position and residual, as one kernel:
#
#   y = x + F(norm(x))                   mixed False: N = T positions of width W = D
#   y = x + revert(F(mix(norm(x))))      mixed True: N = H positions of width W = T D / H
#   norm(x) = x r gain, r = 1 / sqrt(mean(x^2) + epsilon);  F is sparse_moe.py's, its logits z = n router
#
# x, y [T, B, D], gain [D], router [N, W, R]. Examples come before features, unlike in swiglu_sublayer.py: what is copied
# to the experts and back are rows.
#
# With length = sqrt(D) / r, the length of a row, the norm's backward pass is that of a weight norm: one operation.
#
# Needs: chunks, sparse_moe

# The length of each row [T, B, 1], epsilon included.
def lengths_of(self: __torch__.Ranker,
    x: Tensor,
    epsilon: float) -> Tensor:
  length = torch.linalg_vector_norm(x, 2, [2], True)
  return torch.sqrt_(torch.add_(torch.mul_(length, length), torch.mul(torch.size(x, 2), epsilon)))

# norm(x) as the positions see it [N, B, W].
def normed_rows(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    length: Tensor,
    positions: int,
    mixed: bool) -> Tensor:
  tokens, examples, width = torch.size(x)
  r = torch.mul(torch.reciprocal(length), torch.sqrt(width))
  normed = torch.empty_like(x)
  chunk = (self).chunk_of(x, tokens, torch.mul(torch.mul(4, width), examples))
  n_chunks = torch.split(normed, chunk)
  x_chunks = torch.split(x, chunk)
  r_chunks = torch.split(r, chunk)
  for i in range(torch.len(x_chunks)):
    _1 = torch.mul_(torch.mul(x_chunks[i], r_chunks[i], out=n_chunks[i]), gain)
  if mixed:
    normed = torch.reshape((self).swapped(normed, positions), [positions, examples, -1])
  return normed

# Mixed rows [N, B, W] as tokens, [T, B, N, W / T] in the order of their places; the inverse has T for N.
def swapped(self: __torch__.Ranker,
    rows: Tensor,
    tokens: int) -> Tensor:
  positions, examples, width = torch.size(rows)
  return torch.permute(torch.view(rows, [positions, examples, tokens, -1]), [2, 1, 0, 3])

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
  length = (self).lengths_of(x1, epsilon)
  n = (self).normed_rows(x1, gain, length, positions, mixed)
  z = torch.bmm(n, router)
  o, rows, seen = (self).sparse_moe(n, z, gate_up, down, shared_gate_up, shared_down, chosen, alpha, full, keep)
  if mixed:
    o = torch.reshape((self).swapped(o, torch.size(x, 0)), torch.size(x1))
  y = torch.add_(o, x1)
  _1 = torch.append(seen, n)
  _2 = torch.append(seen, length)
  return (y, z, rows, seen)

# dx, from dn as tokens [T, B, N, D / N]. The gain's gradient is written in place.
def norm_of_rows_backward(self: __torch__.Ranker,
    dn: Tensor,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    length: Tensor,
    d_gain: Tensor) -> Tensor:
  tokens, examples, width = torch.size(x)
  chunk = (self).chunk_of(x, tokens, torch.mul(torch.mul(4, width), examples))
  r = torch.mul(torch.reciprocal(length), torch.sqrt(width))
  root = torch.full_like(torch.slice(torch.flatten(length, 0, 1), 0, 0, torch.mul(chunk, examples)), torch.sqrt(width))
  dx = torch.empty_like(x)
  q = torch.new_empty(x, [chunk, examples, width])
  p = torch.new_empty(x, [chunk, examples, width])
  sums = torch.new_zeros(x, [chunk, examples, width])
  dns = torch.split(dn, chunk)
  dys = torch.split(dy, chunk)
  dxs = torch.split(dx, chunk)
  xs = torch.split(x, chunk)
  rs = torch.split(r, chunk)
  lengths = torch.split(torch.flatten(length, 0, 1), torch.mul(chunk, examples))
  for i in range(torch.len(xs)):
    _0 = torch.copy_(torch.view(q, torch.size(dns[i])), dns[i])
    _1 = torch.addcmul_(sums, q, torch.mul(xs[i], rs[i], out=p))
    _2 = torch.mul_(q, gain)
    d, _3 = torch._weight_norm_interface_backward(torch.flatten(q, 0, 1), torch.flatten(xs[i], 0, 1), root, lengths[i], 0)
    _4 = torch.add(dys[i], torch.view(d, torch.size(q)), out=dxs[i])
  _5 = torch.sum(sums, [0, 1], out=d_gain)
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
  x1 = torch.contiguous(x)
  dy1 = torch.contiguous(dy)
  n = seen[7]
  positions = torch.size(router, 0)
  if mixed:
    d = torch.reshape((self).swapped(dy1, positions), torch.size(n))
  else:
    d = dy1
  dn, d_z1 = (self).sparse_moe_backward(d, n, z, gate_up, down, shared_gate_up, shared_down, seen, chosen, alpha, full, d_gate_up, d_down, d_shared_gate_up, d_shared_down)
  d_logits = torch.add(d_z1, d_z)
  _0 = torch.bmm(torch.transpose(n, 1, 2), d_logits, out=d_router)
  dn1 = torch.baddbmm_(dn, d_logits, torch.transpose(router, 1, 2))
  if mixed:
    dn_tokens = (self).swapped(dn1, torch.size(x, 0))
  else:
    dn_tokens = torch.unsqueeze(dn1, 2)
  return (self).norm_of_rows_backward(dn_tokens, dy1, x1, gain, seen[8], d_gain)
