"""A ranker of your own: a factorization machine beside a small net, for one task.

    pip install torch==2.7.1
    python ranker.py            # writes ranker.pt
"""

from typing import Dict

import torch
from torch import Tensor, nn


class DeepFm(nn.Module):
    """One logit per example, out of every feature's embedding [B, 16] and a number [B, 1]."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4 * 16 + 1, 64), nn.ReLU(), nn.LayerNorm(64), nn.Linear(64, 1))
        self.scale = nn.Parameter(torch.tensor(0.1))

    def forward(self, features: Dict[str, Tensor]) -> Tensor:
        fields = torch.stack(
            [features["user"], features["item"], features["genres"], features["recent"]], 1
        )  # [B, 4, 16]
        total = fields.sum(1)
        pairs = 0.5 * (total * total - (fields * fields).sum(1)).sum(1, keepdim=True)  # [B, 1]
        inputs = torch.cat([fields.flatten(1), features["age-of-item-days"]], 1)
        return self.net(inputs) + self.scale * pairs


if __name__ == "__main__":
    torch.manual_seed(1)  # What the trainer starts from is what is in the file.
    torch.jit.save(torch.jit.script(DeepFm()), "ranker.pt")
