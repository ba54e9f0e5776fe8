# y = (silu(gate) * up) down with gate|up = x gate_up^T, a product per position.
# x [N, B, W], gate_up [N, 2m, W], down [N, m, W]; gives y [N, B, W] and gate|up [N, B, 2m].
def swiglu(self: __torch__.Ranker,
    x: Tensor,
    gate_up: Tensor,
    down: Tensor) -> Tuple[Tensor, Tensor]:
  m = torch.size(down, 1)
  both = torch.bmm(x, torch.transpose(gate_up, 1, 2))
  parts = torch.split_with_sizes(both, [m, m], 2)
  hidden = torch.mul_(torch.silu(parts[0]), parts[1])
  return (torch.bmm(hidden, down), both)

# Gives dx; the gradients of the weights are written in place.
def swiglu_backward(self: __torch__.Ranker,
    dy: Tensor,
    x: Tensor,
    gate_up: Tensor,
    down: Tensor,
    both: Tensor,
    d_gate_up: Tensor,
    d_down: Tensor) -> Tensor:
  m = torch.size(down, 1)
  parts = torch.split_with_sizes(both, [m, m], 2)
  d_both = torch.empty_like(both)
  d_parts = torch.split_with_sizes(d_both, [m, m], 2)
  activated = torch.silu(parts[0])
  d_hidden = torch.bmm(dy, torch.transpose(down, 1, 2))
  _0 = torch.mul(d_hidden, activated, out=d_parts[1])
  hidden = torch.mul_(activated, parts[1])
  _1 = torch.bmm(torch.transpose(hidden, 1, 2), dy, out=d_down)
  _2 = torch.silu_backward(torch.mul_(d_hidden, parts[1]), parts[0], grad_input=d_parts[0])
  _3 = torch.bmm(torch.transpose(d_both, 1, 2), x, out=d_gate_up)
  return torch.bmm(d_both, gate_up)
