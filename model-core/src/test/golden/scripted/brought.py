# SPDX-License-Identifier: Apache-2.0
"""A ranker, as somebody else would bring it, with a little of everything that a module may hold. See make_scripted.py."""

from typing import Dict

import torch
from torch import Tensor, nn


class Brought(nn.Module):
    """Two tasks from every feature but one."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.75))  # A parameter of the module itself, without any axis.
        self.frozen = nn.Parameter(torch.tensor([0.5, 2.0]), requires_grad=False)
        self.spare = nn.Parameter(torch.ones(3))  # Never used: its gradient is zero.
        self.register_buffer("shift", torch.tensor([0.25, -0.25]))
        self.layers = nn.ModuleList([nn.Linear(13, 6), nn.LayerNorm(6), nn.Linear(6, 2)])
        self.dropout = nn.Dropout(0.5)  # Does nothing: neither when it trains nor when it serves.

    def forward(self, features: Dict[str, Tensor]) -> Tensor:
        crossed = features["item"] * features["recent"]
        x = torch.cat([features["user"], features["friends"], crossed, features["age"], features['the "öse"\\']], 1)
        x = torch.cat([x, features["item"].sum(1, keepdim=True)], 1)
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i == 1:
                x = self.dropout(torch.relu(x))
        return self.scale * x * self.frozen + self.shift
