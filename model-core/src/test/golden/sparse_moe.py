# SPDX-License-Identifier: Apache-2.0
"""The sparse per-token mixture of experts of TokenMixer-Large (S-P MoE), in plain torch operations.

Written from the description of the paper alone, never from the Java code. One example, one position, one expert at a
time. N positions of width W; E experts per position, one of them shared; m = n W / E, the hidden width of an expert.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True)
class Moe:
    """Both counts include the shared expert. gate: "SELECTED" or "FULL". Weights of 0 leave the two losses out."""

    experts: int
    active: int
    gate_scale: float
    gate: str = "SELECTED"
    balance_loss: float = 0.0
    router_z_loss: float = 0.0


@dataclass
class Routing:
    """What the routers of one layer said: logits [B, N, E - 1], and rows [N, E - 1] that each expert was given."""

    logits: Tensor
    rows: Tensor


@dataclass
class Routings:
    """Of all layers, in the order in which they ran."""

    moe: Moe
    layers: list[Routing] = field(default_factory=list)


def choose(logits: list[float], count: int) -> list[int]:
    """The largest logits; of equal ones the first."""
    return sorted(range(len(logits)), key=lambda j: (-logits[j], j))[:count]


def expert(x: Tensor, gate_up: Tensor, down: Tensor) -> Tensor:
    """(swish(x Wgate) * (x Wup)) Wdown; gate_up [W, 2m], gate first; down [m, W]."""
    hidden = down.shape[0]
    gate, up = x @ gate_up[:, :hidden], x @ gate_up[:, hidden:]
    return (gate * torch.sigmoid(gate) * up) @ down


def sparse_moe(x: Tensor, weights: dict[str, Tensor], name: str, moe: Moe) -> tuple[Tensor, Routing]:
    """Equation 21: o = alpha * sum over chosen j of p_j y_j + y_shared, [B, N, W] -> [B, N, W].

    Weights as in shapes(), by their names behind the prefix. Every position has experts and a router of its own.
    SELECTED: p is a softmax over the chosen logits, so that chosen gates sum to 1. FULL: p is a softmax over all
    logits, of which the chosen are used as they are. The choice itself has no gradient.
    """
    routed = moe.experts - 1
    router, gate_up, down = weights[f"{name}router"], weights[f"{name}gate_up"], weights[f"{name}down"]
    shared_gate_up, shared_down = weights[f"{name}shared_gate_up"], weights[f"{name}shared_down"]
    rows = torch.zeros(x.shape[1], routed, dtype=x.dtype)
    outputs, all_logits = [], []
    for example in x:
        of_example, logits_of_example = [], []
        for n, token in enumerate(example):
            logits = token @ router[n]
            chosen = choose(logits.tolist(), moe.active - 1)
            powers = torch.exp(logits - logits.max().detach())
            total = powers[chosen].sum() if moe.gate == "SELECTED" else powers.sum()
            output = expert(token, shared_gate_up[n], shared_down[n])
            for j in chosen:
                output = output + moe.gate_scale * powers[j] / total * expert(token, gate_up[n, j], down[n, j])
                rows[n, j] += 1
            of_example.append(output)
            logits_of_example.append(logits)
        outputs.append(torch.stack(of_example))
        all_logits.append(torch.stack(logits_of_example))
    return torch.stack(outputs), Routing(torch.stack(all_logits), rows)


def balance(routing: Routing) -> Tensor:
    """Mean over the positions of (E - 1) * sum over experts of f_j P_j: 1 when perfectly even.

    f: share of the position's rows, without gradient; P: mean probability by a softmax over all its logits.
    """
    positions, routed = routing.rows.shape
    total = torch.zeros((), dtype=routing.rows.dtype)
    for n in range(positions):
        share = routing.rows[n] / routing.rows[n].sum()
        probability = torch.softmax(routing.logits[:, n], dim=1).mean(dim=0)
        total = total + routed * (share * probability).sum()
    return total / positions


def z_loss(routing: Routing) -> Tensor:
    """Mean over examples and positions of logsumexp(z)^2."""
    return (torch.logsumexp(routing.logits, dim=2) ** 2).mean()


def losses(routings: Routings) -> Tensor:
    """What the training loss gets on top: both losses of every layer, each with its weight."""
    total = torch.zeros((), dtype=torch.float64)
    for routing in routings.layers:
        total = total + routings.moe.balance_loss * balance(routing) + routings.moe.router_z_loss * z_loss(routing)
    return total


def shapes(name: str, positions: int, width: int, expansion: int, moe: Moe) -> dict[str, tuple[int, ...]]:
    hidden = expansion * width // moe.experts
    assert hidden * moe.experts == expansion * width, f"{moe.experts} experts do not divide {expansion} * {width}"
    return {
        f"{name}router": (positions, width, moe.experts - 1),
        f"{name}gate_up": (positions, moe.experts - 1, width, 2 * hidden),
        f"{name}down": (positions, moe.experts - 1, hidden, width),
        f"{name}shared_gate_up": (positions, width, 2 * hidden),
        f"{name}shared_down": (positions, hidden, width),
    }
