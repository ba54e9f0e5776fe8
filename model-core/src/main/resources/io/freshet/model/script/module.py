# What a scripted module gave, if it is one logit for each example and task.
def module_logits(self: __torch__.Ranker,
    logits: Tensor,
    examples: int,
    tasks: int) -> Tensor:
  if torch.ne(torch.size(logits), [examples, tasks]):
    ops.prim.RaiseException(torch.format("The scripted module gave logits of shape {}, but {} examples and {} tasks need one of [{}, {}].", torch.size(logits), examples, tasks, examples, tasks), "builtins.ValueError")
  else:
    pass
  return logits

# The gradient that autograd found; zeros for an input that the module does not use.
def module_gradient(self: __torch__.Ranker,
    found: Optional[Tensor],
    like: Tensor) -> Tensor:
  if torch.__is__(found, None):
    gradient = torch.zeros_like(like)
  else:
    gradient = unchecked_cast(Tensor, found)
  return gradient
