# SPDX-License-Identifier: Apache-2.0
"""TokenMixer-Large (arXiv 2602.06563) in plain torch operations: the yardstick for the Java ranker.

Written from the description of the paper alone, never from the Java code, so that both can only agree by being right.
Slow and literal on purpose: loops over examples, positions and blocks; no module, no fused operation.

Row vectors: y = x W + b, and a linear weight is [in, out]. B examples, T tokens of width D, H heads, dh = D / H,
L blocks, n the expansion of the SwiGLU. Where the paper leaves a choice open, the docstring says which one is made.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

import sparse_moe
from sparse_moe import Moe, Routings

RMS_EPSILON = 1e-6
ADAGRAD_EPSILON = 1e-10


# --- configuration ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    name: str
    dimension: int


@dataclass(frozen=True)
class Feature:
    """A feature with a table has a pooling, "mean" or "sum"; one without is a number."""

    name: str
    group: str
    table: str | None = None
    pooling: str | None = None


@dataclass(frozen=True)
class Ranker:
    width: int
    layers: int
    heads: int
    expansion: int
    wide: bool
    block: str  # "EQUATIONS" or "TWO_SUBLAYERS"
    residual_interval: int  # 0 for none
    auxiliary_loss: float  # 0 for none
    moe: Moe | None = None  # In place of both per-token nets.


@dataclass(frozen=True)
class Model:
    tables: tuple[Table, ...]
    features: tuple[Feature, ...]  # in file order
    tasks: tuple[str, ...]
    ranker: Ranker

    def groups(self) -> list[str]:
        """In order of first appearance."""
        return list(dict.fromkeys(f.group for f in self.features))

    def tokens(self) -> int:
        return len(self.groups()) + 1

    def dimension(self, table: str) -> int:
        return next(t.dimension for t in self.tables if t.name == table)

    def row_width(self, table: str) -> int:
        return self.dimension(table) + (1 if self.ranker.wide else 0)

    def table_features(self) -> list[Feature]:
        return [f for f in self.features if f.table is not None]

    def number_features(self) -> list[Feature]:
        return [f for f in self.features if f.table is None]

    def group_width(self, group: str) -> int:
        members = [f for f in self.features if f.group == group]
        return sum(1 if f.table is None else self.dimension(f.table) for f in members)


@dataclass
class Batch:
    """ids[feature][b] are the row ids of example b; numbers [B, N]; labels [B, tasks]; example_weights [B]."""

    ids: dict[str, list[list[int]]]
    numbers: Tensor
    labels: Tensor
    example_weights: Tensor


@dataclass
class Rows:
    """Of one table: weights[i] ([dimension], or [dimension + 1] with the wide bias last) belongs to ids[i]."""

    ids: list[int]
    weights: Tensor


# --- layers ----------------------------------------------------------------------------------------------------------


def silu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(x)


def pool(rows: Rows, bags: list[list[int]], pooling: str) -> Tensor:
    """[B, row width]: sum of a bag's rows, over its length for "mean". An id counts as often as it is there.

    An empty bag is zero.
    """
    position = {row_id: i for i, row_id in enumerate(rows.ids)}
    pooled = []
    for bag in bags:
        total = torch.zeros_like(rows.weights[0])
        for row_id in bag:
            total = total + rows.weights[position[row_id]]
        pooled.append(total / len(bag) if pooling == "mean" and bag else total)
    return torch.stack(pooled)


def mlp(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    """silu(x W1 + b1) W2 + b2. The paper gives neither depth nor activation of its MLPs: two layers, hidden width D."""
    hidden = silu(x @ weights[name + ".w1"] + weights[name + ".b1"])
    return hidden @ weights[name + ".w2"] + weights[name + ".b2"]


def tokenize(group_inputs: dict[str, Tensor], weights: dict[str, Tensor]) -> Tensor:
    """Tokens [B, T, D]: the global token, then one per group, in the order of the dict.

    MLP_g sees the inputs of the groups, not their tokens.
    """
    everything = torch.cat(list(group_inputs.values()), dim=1)
    tokens = [mlp(everything, weights, "global")]
    tokens += [mlp(x, weights, "group." + group) for group, x in group_inputs.items()]
    return torch.stack(tokens, dim=1)


def mix(x: Tensor, heads: int) -> Tensor:
    """Mixing, [B, T, D] -> [B, H, T * dh]: row h is head h of every token, side by side."""
    head = x.shape[2] // heads
    rows = []
    for h in range(heads):
        rows.append(torch.cat([x[:, t, h * head : (h + 1) * head] for t in range(x.shape[1])], dim=1))
    return torch.stack(rows, dim=1)


def revert(y: Tensor, tokens: int) -> Tensor:
    """Reverting, [B, H, T * dh] -> [B, T, D]: the inverse of mix."""
    head = y.shape[2] // tokens
    rows = []
    for t in range(tokens):
        rows.append(torch.cat([y[:, h, t * head : (t + 1) * head] for h in range(y.shape[1])], dim=1))
    return torch.stack(rows, dim=1)


def rms_norm(x: Tensor, gain: Tensor) -> Tensor:
    """RMSNorm over the last axis (appendix A.4); gain [W] is shared by all positions."""
    return x / torch.sqrt((x * x).mean(dim=-1, keepdim=True) + RMS_EPSILON) * gain


def per_token_swiglu(x: Tensor, gate_up: Tensor, down: Tensor) -> Tensor:
    """pSwiGLU, [B, N, W] -> [B, N, W]: every position has weights of its own, and no bias (appendix A.4).

    gate_up [N, 2nW, W], gate first; down [N, nW, W].
    """
    hidden = down.shape[1]
    outputs = []
    for position in range(x.shape[1]):
        gate = x[:, position] @ gate_up[position][:hidden].T
        up = x[:, position] @ gate_up[position][hidden:].T
        outputs.append((silu(gate) * up) @ down[position])
    return torch.stack(outputs, dim=1)


def block(
    x: Tensor, weights: dict[str, Tensor], name: str, heads: int, reading: str, routings: Routings | None = None
) -> Tensor:
    """One block, [B, T, D] -> [B, T, D], in pre-norm form (section 3.3.3 and appendix A.4).

    EQUATIONS: equations 12 and 16 as printed; the first norm is of the mixed rows (width T * dh), the second residual
    is the block's input.
    TWO_SUBLAYERS: each half has the residual of its own input, and both norms are of tokens (width D), the first before
    mixing: the order of the figure's caption, norm, mixing, MoE, reverting, norm, MoE.

    With routings both nets are mixtures of experts, and what their routers said is added to them.
    """

    def norm(part: str, inner: Tensor) -> Tensor:
        return rms_norm(inner, weights[f"{name}.{part}_norm"])

    def ffn(part: str, inner: Tensor) -> Tensor:
        if routings is None:
            return per_token_swiglu(inner, weights[f"{name}.{part}_ffn.gate_up"], weights[f"{name}.{part}_ffn.down"])
        output, routing = sparse_moe.sparse_moe(inner, weights, f"{name}.{part}_ffn.", routings.moe)
        routings.layers.append(routing)
        return output

    tokens = x.shape[1]
    if reading == "EQUATIONS":
        mixed = mix(x, heads)
        reverted = revert(mixed + ffn("mix", norm("mix", mixed)), tokens)  # eq. 12
        return x + ffn("token", norm("token", reverted))  # eq. 16
    if reading == "TWO_SUBLAYERS":
        y = x + revert(ffn("mix", mix(norm("mix", x), heads)), tokens)
        return y + ffn("token", norm("token", y))
    raise ValueError(f"block reading {reading}: must be EQUATIONS or TWO_SUBLAYERS")


def stack(x: Tensor, weights: dict[str, Tensor], ranker: Ranker, routings: Routings | None = None) -> list[Tensor]:
    """What each block hands on.

    Interval residual r: what block i - r handed on is added to the output of block i for i = r, 2r, ..., but never
    to that of the last.
    """
    handed_on: list[Tensor] = []
    r = ranker.residual_interval
    for i in range(ranker.layers):
        x = block(x, weights, f"block.{i}", ranker.heads, ranker.block, routings)
        if r > 0 and i >= r and i % r == 0 and i != ranker.layers - 1:
            x = x + handed_on[i - r]
        handed_on.append(x)
    return handed_on


# --- the ranker ------------------------------------------------------------------------------------------------------


@dataclass
class Output:
    group_inputs: dict[str, Tensor]
    tokens: Tensor  # [B, T, D]
    blocks: list[Tensor]  # what each hands on, [B, T, D]
    pooled: Tensor  # [B, D], after the final norm
    logits: Tensor  # [B, tasks]
    auxiliary_logits: list[Tensor]  # per block but the last, [B, tasks]; empty without the auxiliary loss
    routings: Routings | None  # of the mixtures of experts


def forward(model: Model, weights: dict[str, Tensor], rows: dict[str, Rows], batch: Batch) -> Output:
    pooled_rows = {f.name: pool(rows[f.table], batch.ids[f.name], f.pooling) for f in model.table_features()}
    inputs = {group: group_input(model, group, pooled_rows, batch.numbers) for group in model.groups()}
    tokens = tokenize(inputs, weights)
    routings = Routings(model.ranker.moe) if model.ranker.moe else None
    blocks = stack(tokens, weights, model.ranker, routings)
    pooled = rms_norm(blocks[-1], weights["final_norm"]).mean(dim=1)
    logits = torch.cat([mlp(pooled, weights, "tower." + task) for task in model.tasks], dim=1)
    if model.ranker.wide:
        logits = logits + sum(pooled_rows[f.name][:, -1:] for f in model.table_features())
    auxiliary = auxiliary_logits(model, weights, blocks) if model.ranker.auxiliary_loss > 0 else []
    return Output(inputs, tokens, blocks, pooled, logits, auxiliary, routings)


def group_input(model: Model, group: str, pooled_rows: dict[str, Tensor], numbers: Tensor) -> Tensor:
    """Pooled embeddings of the group's features, without the wide bias, then its numbers; both in file order."""
    parts = [
        pooled_rows[f.name][:, : model.dimension(f.table)] for f in model.table_features() if f.group == group
    ]
    parts += [numbers[:, i : i + 1] for i, f in enumerate(model.number_features()) if f.group == group]
    return torch.cat(parts, dim=1)


def auxiliary_logits(model: Model, weights: dict[str, Tensor], blocks: list[Tensor]) -> list[Tensor]:
    """A linear head per task on the mean token of every block but the last, without a norm."""
    logits = []
    for i, handed_on in enumerate(blocks[:-1]):
        mean = handed_on.mean(dim=1)
        heads = [mean @ weights[f"aux.{i}.{task}.w"] + weights[f"aux.{i}.{task}.b"] for task in model.tasks]
        logits.append(torch.cat(heads, dim=1))
    return logits


def cross_entropy(logits: Tensor, batch: Batch) -> Tensor:
    """Binary, summed over the tasks, weighted, over B (and not over the sum of the weights)."""
    # -log sigmoid(z) = log(1 + exp(-z)); logaddexp keeps it finite for any z.
    zero = torch.zeros_like(logits)
    losses = batch.labels * torch.logaddexp(zero, -logits) + (1 - batch.labels) * torch.logaddexp(zero, logits)
    return (batch.example_weights[:, None] * losses).sum() / logits.shape[0]


def loss(model: Model, output: Output, batch: Batch) -> Tensor:
    """CE(z_L) + lambda * sum over the lower blocks of CE(z_l): one form of the auxiliary loss the paper leaves open.

    And what the routers cost, if there are any.
    """
    total = cross_entropy(output.logits, batch)
    for logits in output.auxiliary_logits:
        total = total + model.ranker.auxiliary_loss * cross_entropy(logits, batch)
    if output.routings:
        total = total + sparse_moe.losses(output.routings)
    return total


def adagrad(weight: Tensor, accumulator: Tensor, gradient: Tensor, learning_rate: float) -> tuple[Tensor, Tensor]:
    """The new weight and the new sum of squared gradients. Both sides of the paper's model learn by Adagrad."""
    accumulator = accumulator + gradient * gradient
    return weight - learning_rate * gradient / (torch.sqrt(accumulator) + ADAGRAD_EPSILON), accumulator


# --- shapes of the weights -------------------------------------------------------------------------------------------


def mlp_shapes(name: str, inputs: int, hidden: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}.w1": (inputs, hidden),
        f"{name}.b1": (hidden,),
        f"{name}.w2": (hidden, outputs),
        f"{name}.b2": (outputs,),
    }


def block_shapes(name: str, tokens: int, ranker: Ranker) -> dict[str, tuple[int, ...]]:
    width, heads, n = ranker.width, ranker.heads, ranker.expansion
    mixed = tokens * width // heads
    mix_normed = mixed if ranker.block == "EQUATIONS" else width
    shapes = {}
    for part, normed, positions, row in (("mix", mix_normed, heads, mixed), ("token", width, tokens, width)):
        shapes[f"{name}.{part}_norm"] = (normed,)
        if ranker.moe:
            shapes |= sparse_moe.shapes(f"{name}.{part}_ffn.", positions, row, n, ranker.moe)
        else:
            shapes[f"{name}.{part}_ffn.gate_up"] = (positions, 2 * n * row, row)
            shapes[f"{name}.{part}_ffn.down"] = (positions, n * row, row)
    return shapes


def weight_shapes(model: Model) -> dict[str, tuple[int, ...]]:
    ranker, width = model.ranker, model.ranker.width
    shapes = {}
    for group in model.groups():
        shapes |= mlp_shapes("group." + group, model.group_width(group), width, width)
    shapes |= mlp_shapes("global", sum(model.group_width(g) for g in model.groups()), width, width)
    for i in range(ranker.layers):
        shapes |= block_shapes(f"block.{i}", model.tokens(), ranker)
    shapes["final_norm"] = (width,)
    for task in model.tasks:
        shapes |= mlp_shapes("tower." + task, width, width, 1)
    if ranker.auxiliary_loss > 0:
        for i in range(ranker.layers - 1):
            for task in model.tasks:
                shapes |= {f"aux.{i}.{task}.w": (width, 1), f"aux.{i}.{task}.b": (1,)}
    return shapes
