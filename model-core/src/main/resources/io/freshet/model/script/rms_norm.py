# y = x r gain with r = 1 / sqrt(mean(x^2) + epsilon) over the last axis; gives y and r [.., 1].
def rms_norm(self: __torch__.Ranker,
    x: Tensor,
    gain: Tensor,
    epsilon: float) -> Tuple[Tensor, Tensor]:
  length = torch.linalg_vector_norm(x, 2, [-1], True)
  mean = torch.div_(torch.square_(length), torch.size(x, -1))
  r = torch.rsqrt_(torch.add_(mean, epsilon))
  return (torch.mul_(torch.mul(x, r), gain), r)

# With n = x r and q = dy gain: dx = r (q - n mean(q n)); d_gain, the sum of dy n over all rows, is written in place.
def rms_norm_backward(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gain: Tensor,
    r: Tensor,
    d_gain: Tensor) -> Tensor:
  n = torch.mul(x, r)
  p = torch.mul(dy, n)
  _0 = torch.sum(torch.flatten(p, 0, -2), [0], out=d_gain)
  c = torch.mean(torch.mul_(p, gain), [-1], True)
  q = torch.mul(dy, gain)
  return torch.mul_(torch.sub_(q, torch.mul_(n, c)), r)
