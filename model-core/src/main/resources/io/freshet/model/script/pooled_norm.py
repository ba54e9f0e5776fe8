# Needs: chunks
#
# The mean over all positions of a norm, y = mean_t(x_t r_t) gain with r = 1 / sqrt(mean(x^2) + epsilon).
# x [T, B, D] and gain [D] give y [B, D]; mean_t(x_t r_t) [B, D]; and r, [T, B, 1] or, features first, [T, 1, B].
# A few positions at a time, as x lies in memory: features before examples behind swiglu_sublayer.py, else rows. x is
# read once in each direction, and what all positions share is worked out once.
def pooled_norm(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
  by_rows = torch.is_contiguous(x)
  features = 2 if by_rows else 1
  x1 = x if by_rows else torch.contiguous(torch.transpose(x, 1, 2))
  tokens = torch.size(x, 0)
  width = torch.size(x, 2)
  chunk = (self).chunk_of(x, tokens, torch.mul(torch.mul(4, width), torch.size(x, 1)))
  r = torch.empty_like(torch.slice(x1, features, 0, 1))
  sums = torch.zeros_like(torch.slice(x1, 0, 0, chunk))
  square = torch.empty_like(sums)
  xs = torch.split(x1, chunk)
  rs = torch.split(r, chunk)
  for i in range(torch.len(xs)):
    _0 = torch.sum(torch.mul(xs[i], xs[i], out=square), [features], True, out=rs[i])
    _1 = torch.addcmul_(sums, xs[i], torch.rsqrt_(torch.add_(torch.div_(rs[i], width), epsilon)))
  mean = torch.div_(torch.sum(sums, [0]), tokens)
  means = mean if by_rows else torch.transpose(mean, 0, 1)
  return (torch.mul(means, gain), means, r)

# With q = dy gain / T, the same for all positions: dx_t = r_t q - x_t r_t^3 mean(q x_t); the gradient of the gain, the
# sum of dy mean_t(x_t r_t) over all examples, is written in place.
def pooled_norm_backward(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    mean: Tensor,
    r: Tensor,
    d_gain: Tensor) -> Tensor:
  by_rows = torch.is_contiguous(x)
  features = 2 if by_rows else 1
  x1 = x if by_rows else torch.contiguous(torch.transpose(x, 1, 2))
  tokens = torch.size(x, 0)
  width = torch.size(x, 2)
  chunk = (self).chunk_of(x, tokens, torch.mul(torch.mul(4, width), torch.size(x, 1)))
  _0 = torch.sum(torch.mul(dy, mean), [0], out=d_gain)
  q1 = torch.div_(torch.mul(dy, gain), tokens)
  q = q1 if by_rows else torch.contiguous(torch.transpose(q1, 0, 1))
  factor = torch.div_(torch.pow(r, 3), width)
  dx = torch.empty_like(x1)
  p = torch.empty_like(torch.slice(x1, 0, 0, chunk))
  xs = torch.split(x1, chunk)
  rs = torch.split(r, chunk)
  factors = torch.split(factor, chunk)
  dxs = torch.split(dx, chunk)
  for i in range(torch.len(xs)):
    share = torch.mul_(torch.sum(torch.mul(xs[i], q, out=p), [features], True), factors[i])
    _1 = torch.addcmul_(torch.mul(q, rs[i], out=dxs[i]), xs[i], share, value=-1)
  return dx if by_rows else torch.transpose(dx, 1, 2)
