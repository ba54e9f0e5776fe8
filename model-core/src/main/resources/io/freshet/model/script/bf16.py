# Norm and net of TokenMixer-Large with products in bfloat16, for GPUs with tensor cores; 15 is bfloat16, 6 is float32.
#
# Numbers: activations, their gradients and both factors of a product are bfloat16; a product adds up in float32 and rounds
# once. Weights and gains come as the float32 that the optimizer changes, and are rounded here. The mean square of a norm
# is added up in float32; gradients of gains and weights are written as float32.
#
# What makes it fast where memory is fast and launches cost: a few large operations, all positions at once, examples
# before features as products like them. An operation with out= computes in float32 and rounds on the way out, in one
# pass over memory; without it there would be a float32 tensor in between.

# r [.., 1] of x [.., D].
def inverse_rms_bf16(self: __torch__.Ranker,
    x: Tensor,
    epsilon: float) -> Tensor:
  length = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
  return torch.rsqrt_(torch.add_(torch.div_(torch.mul_(length, length), torch.size(x, -1)), epsilon))

# y = x r gain and r [.., 1].
def rms_norm_bf16(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    epsilon: float) -> Tuple[Tensor, Tensor]:
  r = (self).inverse_rms_bf16(x, epsilon)
  return (torch.mul_(torch.mul(x, r, out=torch.empty_like(x)), gain), r)

# q = dy gain and c = r^3 mean(q x), of which a norm's input has the gradient q r - x c. The gain's, the sum of dy x r over
# all rows, is written in place. Both sums over s = dy x are products.
def rms_norm_parts_bf16(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    r: Tensor,
    d_gain: Tensor) -> Tuple[Tensor, Tensor]:
  width = torch.size(x, -1)
  s = torch.reshape(torch.mul(dy, x), [-1, width])
  _0 = torch.copy_(d_gain, torch.flatten(torch.mm(torch.to(torch.reshape(r, [1, -1]), 15), s)))
  sums = torch.reshape(torch.mm(s, torch.to(torch.unsqueeze(gain, 1), 15)), torch.size(r))
  c = torch.div_(torch.mul(torch.mul(torch.mul(r, r), r), sums), width)
  return (torch.mul(dy, gain, out=torch.empty_like(x)), c)

# The gradient of a norm's input.
def rms_norm_backward_bf16(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    r: Tensor,
    d_gain: Tensor) -> Tensor:
  q, c = (self).rms_norm_parts_bf16(dy, x, gain, r, d_gain)
  return torch.addcmul_(torch.mul_(q, r), x, c, value=-1)

# The mean over all positions of a norm, as in pooled_norm.py, all of it float32: y [B, D], mean_t(x_t r_t) [B, D] and r.
def pooled_norm_bf16(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
  r = (self).inverse_rms_bf16(x, epsilon)
  mean = torch.mean(torch.mul(x, r, out=torch.empty_like(x)), [0], False, dtype=6)
  return (torch.mul(mean, gain), mean, r)

# Of dy in float32 the gradient of x; the gain's is written in place.
def pooled_norm_backward_bf16(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    mean: Tensor,
    r: Tensor,
    d_gain: Tensor) -> Tensor:
  tokens, examples, width = torch.size(x)
  _0 = torch.sum(torch.mul(dy, mean), [0], out=d_gain)
  q = torch.div_(torch.mul(dy, gain), tokens)
  sums = torch.sum(torch.mul(x, torch.to(q, 15)), [2], True, dtype=6)
  c = torch.div_(torch.mul_(sums, torch.pow(r, 3)), width)
  return torch.addcmul_(torch.mul(q, r, out=torch.empty_like(x)), x, c, value=-1)

# [T, B, D] as rows of N positions, [N, B, T D / N]: a row is a slice of each token; and back, with the two changed over.
def mixed_rows_bf16(self: __torch__.Ranker,
    x: Tensor,
    positions: int) -> Tensor:
  tokens, examples, width = torch.size(x)
  slices = torch.view(x, [tokens, examples, positions, -1])
  return torch.reshape(torch.permute(slices, [2, 1, 0, 3]), [positions, examples, -1])

# h = silu(gate) up, of gate|up [N, B, 2m].
def gated_bf16(self: __torch__.Ranker,
    product: Tensor) -> Tensor:
  gate, up = torch.chunk(product, 2, 2)
  return torch.mul_(torch.silu(gate), up)

# The gradient of gate|up, given that of h, which is used up.
def gated_backward_bf16(self: __torch__.Ranker,
    d_hidden: Tensor,
    product: Tensor) -> Tensor:
  gate, up = torch.chunk(product, 2, 2)
  d_product = torch.empty_like(product)
  d_gate, d_up = torch.chunk(d_product, 2, 2)
  _0 = torch.mul(d_hidden, torch.silu(gate), out=d_up)
  _1 = torch.silu_backward(torch.mul_(d_hidden, up), gate, grad_input=d_gate)
  return d_product

# y = x + F(norm(x)), or mixed y = x + revert(F(mix(norm(x)))), of x [T, B, D]; see swiglu_sublayer.py. Then what
# backward asks for: gate|up [N, B, 2m] and h [N, B, m]; norm(x) as the positions see it [N, B, W], and both weights in
# bfloat16; r.
def swiglu_sublayer_bf16(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    gate_up: Tensor,
    down: Tensor,
    mixed: bool,
    epsilon: float) -> Tuple[Tensor, List[Tensor], List[Tensor], Tensor]:
  gate_up16 = torch.to(gate_up, 15)
  down16 = torch.to(down, 15)
  n, r = (self).rms_norm_bf16(x, gain, epsilon)
  if mixed:
    n = (self).mixed_rows_bf16(n, torch.size(gate_up, 0))
  product = torch.bmm(n, torch.transpose(gate_up16, 1, 2))
  hidden = (self).gated_bf16(product)
  if mixed:
    y = torch.add_((self).mixed_rows_bf16(torch.bmm(hidden, down16), torch.size(x, 0)), x)
  else:
    y = torch.baddbmm(x, hidden, down16)
  return (y, [product, hidden], [n, gate_up16, down16], r)

# Its dx; the gradients of gain and weights are written in place.
def swiglu_sublayer_backward_bf16(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    hidden_layers: List[Tensor],
    factors: List[Tensor],
    r: Tensor,
    mixed: bool,
    d_gain: Tensor,
    d_gate_up: Tensor,
    d_down: Tensor) -> Tensor:
  product, hidden, = hidden_layers
  n, gate_up16, down16, = factors
  d = dy
  if mixed:
    d = (self).mixed_rows_bf16(dy, torch.size(n, 0))
  _0 = torch.copy_(d_down, torch.bmm(torch.transpose(hidden, 1, 2), d))
  d_product = (self).gated_backward_bf16(torch.bmm(d, torch.transpose(down16, 1, 2)), product)
  _1 = torch.copy_(d_gate_up, torch.bmm(torch.transpose(d_product, 1, 2), n))
  dn = torch.bmm(d_product, gate_up16)
  if mixed:
    dn = (self).mixed_rows_bf16(dn, torch.size(x, 0))
  q, c = (self).rms_norm_parts_bf16(dn, x, gain, r, d_gain)
  d_x = torch.addcmul(dy, q, r, out=q)
  return torch.addcmul_(d_x, x, c, value=-1)
