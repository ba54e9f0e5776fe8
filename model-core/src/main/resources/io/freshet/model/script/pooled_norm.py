# Needs: chunks
#
# The mean over all positions of a norm, y = mean_t(x_t r_t) gain with r = 1 / sqrt(mean(x^2) + epsilon).
# x [T, B, D] and gain [D] give y [B, D], mean_t(x_t r_t) [D, B] and r [T, 1, B].
# A few positions at a time, features before examples inside, as in swiglu_sublayer.py: x is read once in each direction,
# and what all positions share is worked out once.
def pooled_norm(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
  x1 = torch.contiguous(torch.transpose(x, 1, 2))
  tokens, width, examples = torch.size(x1)
  chunk = (self).chunk_of(x, tokens, torch.mul(torch.mul(4, width), examples))
  r = torch.new_empty(x1, [tokens, 1, examples])
  sums = torch.new_zeros(x1, [chunk, width, examples])
  square = torch.empty_like(sums)
  xs = torch.split(x1, chunk)
  rs = torch.split(r, chunk)
  for i in range(torch.len(xs)):
    _0 = torch.sum(torch.mul(xs[i], xs[i], out=square), [1], True, out=rs[i])
    _1 = torch.addcmul_(sums, xs[i], torch.rsqrt_(torch.add_(torch.div_(rs[i], width), epsilon)))
  mean = torch.div_(torch.sum(sums, [0]), tokens)
  return (torch.transpose(torch.mul(mean, torch.unsqueeze(gain, 1)), 0, 1), mean, r)

# With q = dy gain / T, the same for all positions: dx_t = r_t q - x_t r_t^3 mean(q x_t); the gradient of the gain, the
# sum of dy mean_t(x_t r_t) over all examples, is written in place.
def pooled_norm_backward(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    mean: Tensor,
    r: Tensor,
    d_gain: Tensor) -> Tensor:
  x1 = torch.contiguous(torch.transpose(x, 1, 2))
  tokens, width, examples = torch.size(x1)
  chunk = (self).chunk_of(x, tokens, torch.mul(torch.mul(4, width), examples))
  dy1 = torch.transpose(dy, 0, 1)
  _0 = torch.sum(torch.mul(dy1, mean), [1], out=d_gain)
  q = torch.div_(torch.mul(dy1, torch.unsqueeze(gain, 1), out=torch.empty_like(mean)), tokens)
  factor = torch.div_(torch.pow(r, 3), width)
  dx = torch.empty_like(x1)
  p = torch.new_empty(x1, [chunk, width, examples])
  xs = torch.split(x1, chunk)
  rs = torch.split(r, chunk)
  factors = torch.split(factor, chunk)
  dxs = torch.split(dx, chunk)
  for i in range(torch.len(xs)):
    share = torch.mul_(torch.sum(torch.mul(xs[i], q, out=p), [1], True), factors[i])
    _1 = torch.addcmul_(torch.mul(q, rs[i], out=dxs[i]), xs[i], share, value=-1)
  return torch.transpose(dx, 1, 2)
