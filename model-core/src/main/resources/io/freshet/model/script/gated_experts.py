# v = sum over experts j of gates_j (gelu(x w1_j + b1_j) w2_j + b2_j), per position; a gate may be shut, that is 0.
# x [N, B, W], gates [N, B, E], w1 [N, W, h] and b1 [N, h] expert after expert, w2 [N, h, W] likewise, b2 [N, E, W].
# Gives v [N, B, W] and x w1 + b1 [N, B, h], the latter only if it is to be kept.
def gated_experts(self: __torch__.Ranker,
    x: Tensor,
    gates: Tensor,
    w1: Tensor,
    b1: Tensor,
    w2: Tensor,
    b2: Tensor,
    keeps: bool) -> Tuple[Tensor, Tensor]:
  positions = torch.size(x, 0)
  batch = torch.size(x, 1)
  experts = torch.size(gates, 2)
  hidden = torch.floordiv(torch.size(w1, 2), experts)
  v = torch.bmm(gates, b2)
  # One expert of one position, for all examples: below this it is done sooner than its open gates are found (some 70 us).
  work = torch.mul(torch.mul(batch, torch.size(x, 2)), hidden)
  if torch.__or__(torch.__or__(keeps, x.is_cuda), torch.lt(work, 4000000)):
    sums = torch.baddbmm(torch.unsqueeze(b1, 1), x, w1)
    activated = torch.reshape(torch.gelu(sums), [positions, batch, experts, hidden])
    gated = torch.reshape(torch.mul_(activated, torch.unsqueeze(gates, 3)), [positions, batch, -1])
    _0 = torch.baddbmm_(v, gated, w2)
    result = (v, sums)
  else:
    for n in range(positions):
      for j in range(experts):
        gate = torch.select(torch.select(gates, 0, n), 1, j)
        open = torch.squeeze(torch.nonzero(gate), 1)
        if torch.gt(torch.size(open, 0), 0):
          start = torch.mul(j, hidden)
          rows = torch.index_select(torch.select(x, 0, n), 0, open)
          bias = torch.narrow(torch.select(b1, 0, n), 0, start, hidden)
          sum = torch.addmm(bias, rows, torch.narrow(torch.select(w1, 0, n), 1, start, hidden))
          factor = torch.unsqueeze(torch.index_select(gate, 0, open), 1)
          scaled = torch.mul_(torch.gelu(sum), factor)
          product = torch.mm(scaled, torch.narrow(torch.select(w2, 0, n), 0, start, hidden))
          _1 = torch.index_add_(torch.select(v, 0, n), 0, open, product)
    result = (v, x)
  return result
