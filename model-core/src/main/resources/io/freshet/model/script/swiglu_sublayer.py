# Needs: chunks
#
# A sublayer of a TokenMixer-Large block, norm, gated net per position and residual, as one kernel for CPUs:
#
#   y = x + F(norm(x))                   mixed False: N = T positions of width W = D
#   y = x + revert(F(mix(norm(x))))      mixed True: N = H positions of width W = T D / H
#   norm(x) = x r gain, r = 1 / sqrt(mean(x^2) + epsilon);  F(n) = (silu(gate) * up) down, gate|up = n gate_up^T
#
# x, y [T, B, D], gain [D], gate_up [N, 2m, W], down [N, m, W].
#
# What makes it fast where memory is slow:
#  - Features come before examples inside, [T, D, B]: mixing then copies runs of B D / H numbers, gate and up are blocks
#    of their own, and r is a row. The result is a view of such a tensor, so the next sublayer need not turn it again.
#  - A few positions at a time go all the way from norm to result, so that what lies between stays in the cores' caches.
#  - With s = sigmoid(gate), a = gate s and h = a up, dh / dgate is lerp(h, up, s) = h + s (up - h): no second
#    exponential. It takes the place of up, and a = dh / dup that of gate; so backward needs one product for each.
#  - Products write to memory that is there (out=): fresh memory costs a page fault per 4 KB.

# A tensor [T, D, B] as the rows of N positions, [N, K, W / K, B] in chunks: a row is a slice of each of K tokens.
def rows_of(self: __torch__.Ranker,
    x: Tensor,
    positions: int,
    tokens: int,
    chunk: int) -> List[Tensor]:
  return torch.split(torch.transpose(torch.view(x, [tokens, positions, -1, torch.size(x, 2)]), 0, 1), chunk)

# Likewise what is the same for all rows or all positions: it has size 1 there.
def repeated(self: __torch__.Ranker,
    x: Tensor,
    positions: int,
    chunk: int) -> List[Tensor]:
  return torch.split(torch.expand(x, [positions, -1, -1, -1]), chunk)

# r [T, 1, B] of x [T, D, B].
def inverse_rms(self: __torch__.Ranker,
    x: Tensor,
    epsilon: float) -> Tensor:
  chunk = (self).chunk_of(x, torch.size(x, 0), torch.mul(torch.mul(4, torch.size(x, 1)), torch.size(x, 2)))
  r = torch.empty_like(torch.slice(x, 1, 0, 1))
  xs = torch.split(x, chunk)
  rs = torch.split(r, chunk)
  square = torch.empty_like(xs[0])
  for i in range(torch.len(xs)):
    _0 = torch.sum(torch.mul(xs[i], xs[i], out=square), [1], True, out=rs[i])
  return torch.rsqrt_(torch.add_(torch.div_(r, torch.size(x, 1)), epsilon))

# Whether all is so little that operations are dearer than memory: then each is done once, for all positions.
def is_small(self: __torch__.Ranker,
    x: Tensor,
    gate_up: Tensor) -> bool:
  positions, both, width = torch.size(gate_up)
  return torch.le(torch.mul(torch.mul(positions, both), torch.size(x, 1)), 524288)

# y, and what backward asks for: silu(gate)|dh/dgate [N, 2m, B], h [N, m, B], r [T, 1, B]. Without keep the first two are
# scratch memory of one chunk.
def swiglu_sublayer(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    gate_up: Tensor,
    down: Tensor,
    mixed: bool,
    epsilon: float,
    keep: bool) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  if (self).is_small(x, gate_up):
    return (self).whole_sublayer(x, gain, gate_up, down, mixed, epsilon)
  positions, both, width = torch.size(gate_up)
  m = torch.size(down, 1)
  examples = torch.size(x, 1)
  tokens = torch.size(x, 0) if mixed else 1
  chunk = (self).chunk_of(x, positions, torch.mul(both, examples))
  kept = positions if keep else chunk
  x1 = torch.contiguous(torch.transpose(x, 1, 2))
  r = (self).inverse_rms(x1, epsilon) if mixed else torch.empty_like(torch.slice(x1, 1, 0, 1))
  y = torch.empty_like(x1)
  gates = torch.new_empty(x1, [kept, both, examples])
  hidden = torch.new_empty(x1, [kept, m, examples])
  n = torch.new_empty(x1, [chunk, width, examples])
  s = torch.new_empty(x1, [chunk, m, examples])
  n_rows = torch.view(n, [chunk, tokens, -1, examples])
  x_rows = (self).rows_of(x1, positions, tokens, chunk)
  y_rows = (self).rows_of(y, positions, tokens, chunk)
  r_rows = (self).repeated(torch.transpose(torch.view(r, [tokens, -1, 1, examples]), 0, 1), positions, chunk)
  gains = (self).repeated(torch.view(gain, [-1, 1, torch.floordiv(width, tokens), 1]), positions, chunk)
  ins = torch.split(gate_up, chunk)
  outs = torch.split(torch.transpose(down, 1, 2), chunk)
  gate, up = torch.split(gates, m, 1)
  both_chunks = torch.split(gates, chunk)
  gate_chunks = torch.split(gate, chunk)
  up_chunks = torch.split(up, chunk)
  hidden_chunks = torch.split(hidden, chunk)
  for i in range(torch.len(ins)):
    j = i if keep else 0
    x_i = x_rows[i]
    r_i = r_rows[i]
    a = gate_chunks[j]
    u = up_chunks[j]
    if not mixed:
      mean = torch.mean(torch.mul(x_i, x_i, out=n_rows), [2], True, out=r_i)
      _0 = torch.rsqrt_(torch.add_(mean, epsilon))
    _1 = torch.mul_(torch.mul(x_i, r_i, out=n_rows), gains[i])
    _2 = torch.bmm(ins[i], n, out=both_chunks[j])
    h = torch.mul(torch.mul_(a, torch.sigmoid(a, out=s)), u, out=hidden_chunks[j])
    if keep:
      _3 = torch.lerp(h, u, s, out=u)
    _4 = torch.bmm(outs[i], h, out=n)
    _5 = torch.add(x_i, n_rows, out=y_rows[i])
  return (torch.transpose(y, 1, 2), gates, hidden, r)

# dx; the gradients of the weights are written in place. With n = x r and q = dn gain, dx = dy + r (q - n mean(q n)), and
# the gradient of the gain is the sum of dn n. Where the rows of positions are those of tokens, all that is done while
# dn is in the caches; mixed rows give a part of each token's mean only, so that dx waits for the last position.
def swiglu_sublayer_backward(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    gate_up: Tensor,
    down: Tensor,
    gates: Tensor,
    hidden: Tensor,
    r: Tensor,
    mixed: bool,
    d_gain: Tensor,
    d_gate_up: Tensor,
    d_down: Tensor) -> Tensor:
  if (self).is_small(x, gate_up):
    return (self).whole_sublayer_backward(
        dy, x, gain, gate_up, down, gates, hidden, r, mixed, d_gain, d_gate_up, d_down)
  positions, both, width = torch.size(gate_up)
  m = torch.size(down, 1)
  examples = torch.size(x, 1)
  tokens = torch.size(x, 0) if mixed else 1
  chunk = (self).chunk_of(x, positions, torch.mul(both, examples))
  x1 = torch.contiguous(torch.transpose(x, 1, 2))
  dy1 = torch.contiguous(torch.transpose(dy, 1, 2))
  dx = torch.empty_like(x1)
  n = torch.new_empty(x1, [chunk, width, examples])
  dh = torch.new_empty(x1, [chunk, m, examples])
  d_both = torch.new_empty(x1, [chunk, both, examples])
  d_gate, d_up = torch.split(d_both, m, 1)
  n_t = torch.transpose(n, 1, 2)
  n_rows = torch.view(n, [chunk, tokens, -1, examples])
  normed = torch.empty_like(n_rows)
  product = torch.empty_like(n_rows)
  sums = torch.zeros_like(n_rows)
  mean = torch.new_empty(x1, [chunk, tokens, 1, examples])
  x_rows = (self).rows_of(x1, positions, tokens, chunk)
  dy_rows = (self).rows_of(dy1, positions, tokens, chunk)
  dx_rows = (self).rows_of(dx, positions, tokens, chunk)
  r_rows = (self).repeated(torch.transpose(torch.view(r, [tokens, -1, 1, examples]), 0, 1), positions, chunk)
  gains = (self).repeated(torch.view(gain, [-1, 1, torch.floordiv(width, tokens), 1]), positions, chunk)
  gain_chunks = torch.split(torch.view(d_gain, [-1, torch.floordiv(width, tokens)]), chunk if mixed else 1)
  ins = torch.split(torch.transpose(gate_up, 1, 2), chunk)
  outs = torch.split(down, chunk)
  d_ins = torch.split(d_gate_up, chunk)
  d_outs = torch.split(d_down, chunk)
  a, dh_gate = torch.split(gates, m, 1)
  a_chunks = torch.split(a, chunk)
  dh_gate_chunks = torch.split(dh_gate, chunk)
  hidden_chunks = torch.split(hidden, chunk)
  for i in range(torch.len(ins)):
    dy_i = dy_rows[i]
    d = torch.reshape(dy_i, [chunk, width, examples])
    _0 = torch.bmm(outs[i], d, out=dh)
    _1 = torch.bmm(hidden_chunks[i], torch.transpose(d, 1, 2), out=d_outs[i])
    _2 = torch.mul(dh, dh_gate_chunks[i], out=d_gate)
    _3 = torch.mul(dh, a_chunks[i], out=d_up)
    _4 = torch.mul(torch.mul(x_rows[i], r_rows[i], out=normed), gains[i], out=n_rows)
    _5 = torch.bmm(d_both, n_t, out=d_ins[i])
    _6 = torch.bmm(ins[i], d_both, out=n)
    if mixed:
      _7 = torch.sum(torch.mul(n_rows, normed, out=product), [1, 3], out=gain_chunks[i])
      _8 = torch.addcmul_(sums, product, gains[i])
      _9 = torch.mul(n_rows, gains[i], out=dx_rows[i])
    else:
      _10 = torch.addcmul_(sums, n_rows, normed)
      q = torch.mul_(n_rows, gains[i])
      _11 = torch.sum(torch.mul(q, normed, out=product), [2], True, out=mean)
      _12 = torch.addcmul_(q, normed, mean, value=torch.div(-1., width))
      _13 = torch.addcmul(dy_i, q, r_rows[i], out=dx_rows[i])
  if mixed:
    share = torch.div_(torch.view(torch.sum(sums, [0, 2]), [tokens, 1, examples]), torch.size(x1, 1))
    _14 = torch.addcmul(dy1, dx, r, out=dx)
    _15 = torch.addcmul_(dx, x1, torch.mul_(torch.mul_(share, r), r), value=-1)
  else:
    _16 = torch.sum(sums, [0, 1, 3], out=d_gain)
  return torch.transpose(dx, 1, 2)

# The sublayer of little, examples before features: y, and for backward gate|up [N, B, 2m], norm(x) as the positions
# see it [N, B, W], and r [T, B, 1].
def whole_sublayer(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    gate_up: Tensor,
    down: Tensor,
    mixed: bool,
    epsilon: float) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  positions, both, width = torch.size(gate_up)
  tokens = torch.size(x, 0)
  examples = torch.size(x, 1)
  r = torch.rsqrt_(torch.add_(torch.mean(torch.mul(x, x), [-1], True), epsilon))
  n = torch.new_empty(x, [positions, examples, width])
  if mixed:
    x4 = torch.reshape(x, [tokens, examples, positions, -1])
    n4 = torch.permute(torch.view(n, [positions, examples, tokens, -1]), [2, 1, 0, 3])
    _0 = torch.mul_(torch.mul(x4, torch.unsqueeze(r, 2), out=n4), torch.view(gain, [positions, -1]))
  else:
    _1 = torch.mul_(torch.mul(x, r, out=n), gain)
  product = torch.bmm(n, torch.transpose(gate_up, 1, 2))
  gate, up = torch.split(product, torch.floordiv(both, 2), 2)
  hidden = torch.mul_(torch.silu(gate), up)
  if mixed:
    out = torch.view(torch.bmm(hidden, down), [positions, examples, tokens, -1])
    reverted = torch.reshape(torch.permute(out, [2, 1, 0, 3]), [tokens, examples, -1])
    y = torch.add_(reverted, x)
  else:
    y = torch.baddbmm(x, hidden, down)
  return (y, product, n, r)

# Its dx; the gradients of gain and weights are written in place.
def whole_sublayer_backward(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    gate_up: Tensor,
    down: Tensor,
    product: Tensor,
    n: Tensor,
    r: Tensor,
    mixed: bool,
    d_gain: Tensor,
    d_gate_up: Tensor,
    d_down: Tensor) -> Tensor:
  positions, both, width = torch.size(gate_up)
  tokens = torch.size(x, 0)
  examples = torch.size(x, 1)
  if mixed:
    dy4 = torch.reshape(dy, [tokens, examples, positions, -1])
    d = torch.reshape(torch.permute(dy4, [2, 1, 0, 3]), [positions, examples, width])
  else:
    d = dy
  gate, up = torch.split(product, torch.floordiv(both, 2), 2)
  d_product = torch.empty_like(product)
  d_gate, d_up = torch.split(d_product, torch.floordiv(both, 2), 2)
  hidden = torch.silu(gate)
  d_hidden = torch.bmm(d, torch.transpose(down, 1, 2))
  _0 = torch.mul(d_hidden, hidden, out=d_up)
  _1 = torch.bmm(torch.transpose(torch.mul_(hidden, up), 1, 2), d, out=d_down)
  _2 = torch.silu_backward(torch.mul_(d_hidden, up), gate, grad_input=d_gate)
  _3 = torch.bmm(torch.transpose(d_product, 1, 2), n, out=d_gate_up)
  dn = torch.bmm(d_product, gate_up)
  if mixed:
    dn4 = torch.view(dn, [positions, examples, tokens, -1])
    dn = torch.reshape(torch.permute(dn4, [2, 1, 0, 3]), [tokens, examples, -1])
  xr = torch.mul(x, r)
  p = torch.mul(dn, xr)
  _4 = torch.sum(p, [0, 1], out=d_gain)
  mean = torch.mean(torch.mul_(p, gain), [-1], True)
  q = torch.mul(dn, gain, out=p)
  return torch.addcmul(dy, torch.addcmul_(q, xr, mean, value=-1), r)
