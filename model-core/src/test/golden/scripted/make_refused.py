# SPDX-License-Identifier: Apache-2.0
"""Writes `refused/*.pt`: scripted modules that cannot be trained faithfully, one for each reason.

    python make_refused.py
"""

from pathlib import Path
from typing import Dict, List

import torch
from torch import Tensor, nn


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 1)

    def forward(self, features: Dict[str, Tensor]) -> Tensor:
        return self.net(features["item"])


class BatchNorm(Plain):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 1), nn.BatchNorm1d(1))


class Tied(Plain):
    def __init__(self):
        super().__init__()
        self.net, self.again = nn.Linear(4, 1), nn.Linear(4, 1)
        self.again.weight = self.net.weight


class TakesList(Plain):
    def forward(self, features: List[Tensor]) -> Tensor:
        return self.net(features[0])


class Transposed(Plain):
    def __init__(self):
        super().__init__()
        self.net.weight = nn.Parameter(torch.ones(4, 2).T)


if __name__ == "__main__":
    torch.manual_seed(1)
    folder = Path(__file__).resolve().parent / "refused"
    folder.mkdir(exist_ok=True)
    modules = {
        "batch-norm": BatchNorm(),
        "tied": Tied(),
        "takes-list": TakesList(),
        "transposed": Transposed(),
        "double": Plain().double(),
        "frozen": Plain().requires_grad_(False),
    }
    for name, module in modules.items():
        torch.jit.save(torch.jit.script(module), folder / f"{name}.pt")
