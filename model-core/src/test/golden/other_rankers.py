# SPDX-License-Identifier: Apache-2.0
"""RankMixer (arXiv 2507.15551), DCN V2 (arXiv 2008.13535) and DLRM-MLP in plain torch operations: the yardstick for the
Java rankers of those names.

Written from the descriptions of the papers, never from the Java code. Slow and literal, as tokenmixer_large.py is, whose
features, mixing, tower and losses are used here. Where a paper leaves a choice open, the docstring says which is made.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

import tokenmixer_large as tml
from tokenmixer_large import Batch, Model, Rows

LAYER_NORM_EPSILON = 1e-5
BUDGET_POWER = 4


# --- configuration ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RankMixer:
    width: int
    layers: int
    heads: int  # also the number of tokens
    expansion: int
    wide: bool
    experts: int = 1  # per token; 1 for a dense net
    active: int = 1  # how many gates of a token are meant to be open
    sparsity_loss: float = 0.0
    type: str = field(default="RANK_MIXER", init=False)


@dataclass(frozen=True)
class DcnV2:
    cross_layers: int
    cross_rank: int  # 0 for full matrices
    structure: str  # "STACKED" or "PARALLEL"
    hidden: tuple[int, ...]
    wide: bool
    type: str = field(default="DCN_V2", init=False)


@dataclass(frozen=True)
class DlrmMlp:
    hidden: tuple[int, ...]
    wide: bool
    type: str = field(default="DLRM_MLP", init=False)


@dataclass
class Output:
    """Auxiliary logits and penalties are part of the loss only."""

    logits: Tensor  # [B, tasks]
    auxiliary_logits: list[Tensor]  # [B, tasks] each, weight 1
    penalties: list[Tensor]  # one number each, already weighted


def everything(model: Model, pooled_rows: dict[str, Tensor], numbers: Tensor) -> Tensor:
    """[B, W]: the inputs of all groups side by side, so that features of one meaning are neighbours."""
    return torch.cat([tml.group_input(model, g, pooled_rows, numbers) for g in model.groups()], dim=1)


# --- layers ----------------------------------------------------------------------------------------------------------


def layer_norm(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    """Over the last axis; the variance is that of the population."""
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = (centred * centred).mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + LAYER_NORM_EPSILON) * weights[name + ".gain"] + weights[name + ".bias"]


def gelu(x: Tensor) -> Tensor:
    """x times the normal distribution function, exactly."""
    return x * 0.5 * (1 + torch.erf(x / 2**0.5))


def slice_widths(total: int, tokens: int) -> list[int]:
    """Equal slices; if that does not come out even, the first ones are one wider."""
    return [total // tokens + (1 if i < total % tokens else 0) for i in range(tokens)]


def semantic_tokens(x: Tensor, weights: dict[str, Tensor], tokens: int) -> Tensor:
    """[B, W] -> [B, T, D]: slice i of the input by a linear map of its own."""
    found, start = [], 0
    for i, width in enumerate(slice_widths(x.shape[1], tokens)):
        found.append(x[:, start : start + width] @ weights[f"token.{i}.w"] + weights[f"token.{i}.b"])
        start += width
    return torch.stack(found, dim=1)


def per_token_ffn(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    """PFFN, [B, T, D] -> [B, T, D]: gelu(x W1 + b1) W2 + b2 with weights of its own per token."""
    outputs = []
    for t in range(x.shape[1]):
        hidden = gelu(x[:, t] @ weights[name + ".w1"][t] + weights[name + ".b1"][t])
        outputs.append(hidden @ weights[name + ".w2"][t] + weights[name + ".b2"][t])
    return torch.stack(outputs, dim=1)


def relu_gates(x: Tensor, router: Tensor) -> Tensor:
    """[B, T, E]: G = ReLU(x Wr), a router [D, E] per token, without bias. Neither top-k nor normalised."""
    return torch.stack([torch.relu(x[:, t] @ router[t]) for t in range(x.shape[1])], dim=1)


def experts(x: Tensor, gates: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    """[B, T, D]: v_t = sum_j G_tj e_tj(x_t), all computed.

    Together the experts of a token are as large as its dense net: hidden width kD / E each. w1 [T, D, kD] and
    b1 [T, kD] hold expert after expert along the last axis, w2 [T, kD, D] along the middle one; b2 [T, E, D].
    """
    outputs = []
    hidden = weights[name + ".w1"].shape[2] // gates.shape[2]
    for t in range(x.shape[1]):
        total = torch.zeros_like(x[:, t])
        for j in range(gates.shape[2]):
            own = slice(j * hidden, (j + 1) * hidden)
            inner = gelu(x[:, t] @ weights[name + ".w1"][t][:, own] + weights[name + ".b1"][t][own])
            expert = inner @ weights[name + ".w2"][t][own] + weights[name + ".b2"][t][j]
            total = total + gates[:, t, j : j + 1] * expert
        outputs.append(total)
    return torch.stack(outputs, dim=1)


def gate_penalty(gates: Tensor, ranker: RankMixer) -> Tensor:
    """lambda * mean over the examples of sum over tokens and experts of G.

    lambda is adapted so that as many gates as meant are open: sparsity_loss * (share of open gates / (active /
    experts)) ** 4. The share is a number here, without gradient.
    """
    share = (gates.detach() > 0).double().mean()
    strength = ranker.sparsity_loss * (share / (ranker.active / ranker.experts)) ** BUDGET_POWER
    return strength * gates.sum(dim=(1, 2)).mean()


def mixed(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    """S = LN(Mix(X) + X) with as many heads as tokens."""
    return layer_norm(tml.mix(x, x.shape[1]) + x, weights, name + ".mix_norm")


def rank_mixer_block(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    """S = LN(Mix(X) + X), X' = LN(PFFN(S) + S)."""
    s = mixed(x, weights, name)
    return layer_norm(per_token_ffn(s, weights, name + ".ffn") + s, weights, name + ".ffn_norm")


def sparse_block(x: Tensor, weights: dict[str, Tensor], name: str, router: str) -> tuple[Tensor, Tensor]:
    """The block with experts instead of the net, and its gates."""
    s = mixed(x, weights, name)
    gates = relu_gates(s, weights[f"{name}.experts.{router}"])
    learned = experts(s, gates, weights, name + ".experts")
    return layer_norm(learned + s, weights, name + ".ffn_norm"), gates


def cross(x0: Tensor, x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    """x' = x0 * (x W + b) + x; in the low-rank form W = V U."""
    if name + ".v" in weights:
        return x0 * (x @ weights[name + ".v"] @ weights[name + ".u"] + weights[name + ".b"]) + x
    return x0 * (x @ weights[name + ".w"] + weights[name + ".b"]) + x


def hidden_layers(x: Tensor, weights: dict[str, Tensor], layers: int) -> Tensor:
    """relu(x W + b), once per layer."""
    for i in range(layers):
        x = torch.relu(x @ weights[f"hidden.{i}.w"] + weights[f"hidden.{i}.b"])
    return x


# --- the rankers -----------------------------------------------------------------------------------------------------


def rank_mixer(model: Model, x: Tensor, weights: dict[str, Tensor]) -> Output:
    """Semantic tokens, L blocks, mean over the tokens, a tower per task.

    With experts, dense training and sparse inference: both routers see the tokens that their own gates made, through
    the same weights. What is scored goes through the router for inference; the logits of the router for training are
    learnt from as well, with the same weight; the penalty is on the gates for inference.
    """
    ranker = model.ranker
    tokens = semantic_tokens(x, weights, ranker.heads)
    if ranker.experts == 1:
        for i in range(ranker.layers):
            tokens = rank_mixer_block(tokens, weights, f"block.{i}")
        return Output(towers(model, tokens, weights), [], [])
    sparse, dense, penalties = tokens, tokens, []
    for i in range(ranker.layers):
        sparse, gates = sparse_block(sparse, weights, f"block.{i}", "router")
        dense, _ = sparse_block(dense, weights, f"block.{i}", "training_router")
        penalties.append(gate_penalty(gates, ranker))
    return Output(towers(model, sparse, weights), [towers(model, dense, weights)], penalties)


def towers(model: Model, tokens: Tensor, weights: dict[str, Tensor]) -> Tensor:
    pooled = tokens.mean(dim=1)
    return torch.cat([tml.mlp(pooled, weights, "tower." + task) for task in model.tasks], dim=1)


def dcn_v2(model: Model, x0: Tensor, weights: dict[str, Tensor]) -> Output:
    """STACKED: the net sees what the cross layers give. PARALLEL: it sees the input, and both are read side by side."""
    x = x0
    for i in range(model.ranker.cross_layers):
        x = cross(x0, x, weights, f"cross.{i}")
    layers = len(model.ranker.hidden)
    if model.ranker.structure == "STACKED":
        return Output(linear_towers(model, hidden_layers(x, weights, layers), weights), [], [])
    both = torch.cat([x, hidden_layers(x0, weights, layers)], dim=1)
    return Output(linear_towers(model, both, weights), [], [])


def dlrm_mlp(model: Model, x: Tensor, weights: dict[str, Tensor]) -> Output:
    """One net over all embeddings and numbers, without dot products between embeddings."""
    return Output(linear_towers(model, hidden_layers(x, weights, len(model.ranker.hidden)), weights), [], [])


def linear_towers(model: Model, x: Tensor, weights: dict[str, Tensor]) -> Tensor:
    return torch.cat([x @ weights[f"tower.{t}.w"] + weights[f"tower.{t}.b"] for t in model.tasks], dim=1)


def forward(model: Model, weights: dict[str, Tensor], rows: dict[str, Rows], batch: Batch) -> Output:
    pooled_rows = {f.name: tml.pool(rows[f.table], batch.ids[f.name], f.pooling) for f in model.table_features()}
    rankers = {"RANK_MIXER": rank_mixer, "DCN_V2": dcn_v2, "DLRM_MLP": dlrm_mlp}
    output = rankers[model.ranker.type](model, everything(model, pooled_rows, batch.numbers), weights)
    if model.ranker.wide:
        wide = sum(pooled_rows[f.name][:, -1:] for f in model.table_features())
        output.logits = output.logits + wide
        output.auxiliary_logits = [logits + wide for logits in output.auxiliary_logits]
    return output


def loss(model: Model, output: Output, batch: Batch) -> Tensor:
    total = tml.cross_entropy(output.logits, batch)
    for logits in output.auxiliary_logits:
        total = total + tml.cross_entropy(logits, batch)
    return total + sum(output.penalties)


# --- shapes of the weights -------------------------------------------------------------------------------------------


def linear_shapes(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.w": (inputs, outputs), f"{name}.b": (outputs,)}


def token_shapes(total: int, tokens: int, width: int) -> dict[str, tuple[int, ...]]:
    shapes = {}
    for i, inputs in enumerate(slice_widths(total, tokens)):
        shapes |= linear_shapes(f"token.{i}", inputs, width)
    return shapes


def norm_shapes(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {name + ".gain": (width,), name + ".bias": (width,)}


def ffn_shapes(name: str, tokens: int, width: int, hidden: int) -> dict[str, tuple[int, ...]]:
    return {
        name + ".w1": (tokens, width, hidden),
        name + ".b1": (tokens, hidden),
        name + ".w2": (tokens, hidden, width),
        name + ".b2": (tokens, width),
    }


def experts_shapes(name: str, tokens: int, width: int, hidden: int, number: int) -> dict[str, tuple[int, ...]]:
    return ffn_shapes(name, tokens, width, hidden) | {name + ".b2": (tokens, number, width)}


def rank_mixer_block_shapes(name: str, ranker: RankMixer) -> dict[str, tuple[int, ...]]:
    tokens, width, hidden = ranker.heads, ranker.width, ranker.expansion * ranker.width
    shapes = norm_shapes(name + ".mix_norm", width)
    if ranker.experts == 1:
        shapes |= ffn_shapes(name + ".ffn", tokens, width, hidden)
    else:
        shapes |= experts_shapes(name + ".experts", tokens, width, hidden, ranker.experts)
        shapes[name + ".experts.router"] = (tokens, width, ranker.experts)
        shapes[name + ".experts.training_router"] = (tokens, width, ranker.experts)
    return shapes | norm_shapes(name + ".ffn_norm", width)


def cross_shapes(name: str, width: int, rank: int) -> dict[str, tuple[int, ...]]:
    if rank == 0:
        return linear_shapes(name, width, width)
    return {name + ".v": (width, rank), name + ".u": (rank, width), name + ".b": (width,)}


def hidden_shapes(inputs: int, hidden: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    shapes = {}
    for i, width in enumerate(hidden):
        shapes |= linear_shapes(f"hidden.{i}", inputs, width)
        inputs = width
    return shapes


def weight_shapes(model: Model) -> dict[str, tuple[int, ...]]:
    ranker, total = model.ranker, sum(model.group_width(g) for g in model.groups())
    shapes = {}
    if ranker.type == "RANK_MIXER":
        shapes = token_shapes(total, ranker.heads, ranker.width)
        for i in range(ranker.layers):
            shapes |= rank_mixer_block_shapes(f"block.{i}", ranker)
        for task in model.tasks:
            shapes |= tml.mlp_shapes("tower." + task, ranker.width, ranker.width, 1)
        return shapes
    read = ranker.hidden[-1] if ranker.hidden else total
    if ranker.type == "DCN_V2":
        for i in range(ranker.cross_layers):
            shapes |= cross_shapes(f"cross.{i}", total, ranker.cross_rank)
        if ranker.structure == "PARALLEL":
            read = total + (ranker.hidden[-1] if ranker.hidden else total)
    shapes |= hidden_shapes(total, ranker.hidden)
    for task in model.tasks:
        shapes |= linear_shapes("tower." + task, read, 1)
    return shapes
