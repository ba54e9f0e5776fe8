# y = x r gain with r = 1 / sqrt(mean(x^2) + epsilon) over the last axis; gives y and r [.., 1].
# Squares and their mean are two passes, but fast in every layout; linalg_vector_norm is five times as slow where the
# last axis is not the one that is contiguous, as behind a sublayer kernel.
def rms_norm(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    epsilon: float) -> Tuple[Tensor, Tensor]:
  r = torch.rsqrt_(torch.add_(torch.mean(torch.mul(x, x), [-1], True), epsilon))
  return (torch.mul_(torch.mul(x, r), gain), r)

# With n = x r and q = dy gain: dx = r (q - n mean(q n)); d_gain, the sum of dy n over all rows, is written in place.
def rms_norm_backward(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    r: Tensor,
    d_gain: Tensor) -> Tensor:
  n = torch.mul(x, r)
  p = torch.mul(n, dy)
  rows = annotate(List[int], [])
  for i in range(torch.sub(torch.dim(x), 1)):
    _0 = torch.append(rows, i)
  _1 = torch.sum(p, rows, out=d_gain)
  c = torch.mean(torch.mul_(p, gain), [-1], True)
  q = torch.mul(dy, gain, out=p)
  return torch.mul_(torch.sub_(q, torch.mul_(n, c)), r)
