# How many of so many positions to take at once, with so many numbers each: about 2 MB in all, two positions of width
# 128 and expansion 2 at 512 examples, one per core; all at once when they are small or on a GPU. A divisor, so that all
# chunks are alike.
def chunk_of(self: __torch__.Ranker,
    x: Tensor,
    positions: int,
    numbers: int) -> int:
  if x.is_cuda:
    numbers = 0
  chunk = min(positions, max(1, torch.floordiv(524288, max(1, numbers))))
  while torch.ne(torch.remainder(positions, chunk), 0):
    chunk = torch.sub(chunk, 1)
  return chunk
