# SPDX-License-Identifier: Apache-2.0
"""TokenMixer-Large (arXiv 2602.06563) in its other readings and with what it ablates: the yardstick for those switches.

Written from the description of the paper alone, never from the Java code; as literal as tokenmixer_large.py, whose
defaults are one of the variants here.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

import tokenmixer_large as tml
from other_rankers import ffn_shapes, layer_norm, norm_shapes, per_token_ffn
from tokenmixer_large import Batch, Model, Output, Rows


@dataclass(frozen=True)
class Variant:
    """The first eight are those of tml.Ranker."""

    width: int
    layers: int
    heads: int
    expansion: int
    wide: bool
    block: str  # "EQUATIONS" or "TWO_SUBLAYERS"
    residual_interval: int  # 0 for none
    auxiliary_loss: float  # 0 for none
    auxiliary_form: str = "OWN_LOGIT"  # or "COMBINED_LOGIT"
    norm: str = "RMS"  # or "LAYER"
    norm_place: str = "BEFORE_MIXING"  # or "AFTER_MIXING", or "POST"
    ffn: str = "PER_TOKEN_SWIGLU"  # or "PER_TOKEN_FFN", or "SHARED_SWIGLU"
    mixing: bool = True
    residual: bool = True
    global_token: str = "FEATURES"  # or "TOKENS", "LEARNED", "NONE"
    token_layers: int = 2
    readout: str = "MEAN"  # or "GLOBAL_TOKEN"
    final_norm: bool = True


def tokens_of(model: Model) -> int:
    return len(model.groups()) + (0 if model.ranker.global_token == "NONE" else 1)


# --- layers ----------------------------------------------------------------------------------------------------------


def norm(x: Tensor, weights: dict[str, Tensor], name: str, kind: str) -> Tensor:
    return tml.rms_norm(x, weights[name]) if kind == "RMS" else layer_norm(x, weights, name)


def shared_swiglu(x: Tensor, gate_up: Tensor, down: Tensor) -> Tensor:
    """[B, N, W] -> [B, N, W]: every position by the same net; gate_up [1, 2nW, W], gate first, down [1, nW, W]."""
    hidden = down.shape[1]
    outputs = []
    for position in range(x.shape[1]):
        gate, up = x[:, position] @ gate_up[0][:hidden].T, x[:, position] @ gate_up[0][hidden:].T
        outputs.append((tml.silu(gate) * up) @ down[0])
    return torch.stack(outputs, dim=1)


def net(x: Tensor, weights: dict[str, Tensor], name: str, kind: str) -> Tensor:
    if kind == "PER_TOKEN_FFN":
        return per_token_ffn(x, weights, name)
    gate_up, down = weights[name + ".gate_up"], weights[name + ".down"]
    return (tml.per_token_swiglu if kind == "PER_TOKEN_SWIGLU" else shared_swiglu)(x, gate_up, down)


def block(x: Tensor, weights: dict[str, Tensor], name: str, ranker: Variant) -> Tensor:
    """One block, [B, T, D] -> [B, T, D].

    EQUATIONS: equation 12 is of the mixed rows, equation 16 has the block's input as its residual. TWO_SUBLAYERS: each
    half has the residual of its own input, in the layout of the tokens.
    BEFORE_MIXING, AFTER_MIXING: norms stand in front of the nets, the first one of tokens or of mixed rows. POST: they
    stand around the sums, as the equations are printed.
    Without mixing nothing is mixed or reverted, without residual a sum is what the net gives.
    """
    tokens = x.shape[1]

    def mix(inner: Tensor) -> Tensor:
        return tml.mix(inner, ranker.heads) if ranker.mixing else inner

    def revert(inner: Tensor) -> Tensor:
        return tml.revert(inner, tokens) if ranker.mixing else inner

    def normed(part: str, inner: Tensor) -> Tensor:
        return norm(inner, weights, f"{name}.{part}_norm", ranker.norm)

    def learn(part: str, inner: Tensor) -> Tensor:
        return net(inner, weights, f"{name}.{part}_ffn", ranker.ffn)

    def plus(given: Tensor, learned: Tensor) -> Tensor:
        return given + learned if ranker.residual else learned

    pre = ranker.norm_place != "POST"
    seen = mix(x)
    if ranker.norm_place == "BEFORE_MIXING":
        seen = mix(normed("mix", x))
    elif ranker.norm_place == "AFTER_MIXING":
        seen = normed("mix", mix(x))
    learned = learn("mix", seen)

    if ranker.block == "EQUATIONS":
        sum_12 = plus(mix(x), learned)
        reverted = revert(sum_12 if pre else normed("mix", sum_12))
        given, other = x, reverted
    else:
        y = plus(x, revert(learned))
        y = y if pre else normed("mix", y)
        given, other = y, y
    if pre:
        return plus(given, learn("token", normed("token", other)))
    return normed("token", plus(given, learn("token", other)))


def stack(x: Tensor, weights: dict[str, Tensor], ranker: Variant) -> list[Tensor]:
    """What each block hands on; the interval residual is that of tml.stack, whatever else is left out."""
    handed_on: list[Tensor] = []
    r = ranker.residual_interval
    for i in range(ranker.layers):
        x = block(x, weights, f"block.{i}", ranker)
        if r > 0 and i >= r and i % r == 0 and i != ranker.layers - 1:
            x = x + handed_on[i - r]
        handed_on.append(x)
    return handed_on


def mlp(x: Tensor, weights: dict[str, Tensor], name: str, layers: int) -> Tensor:
    """Linear maps with SiLU between them."""
    for i in range(1, layers + 1):
        x = x @ weights[f"{name}.w{i}"] + weights[f"{name}.b{i}"]
        x = tml.silu(x) if i < layers else x
    return x


def tokenize(group_inputs: dict[str, Tensor], weights: dict[str, Tensor], ranker: Variant) -> Tensor:
    """Tokens [B, T, D]: the global one first, if there is one.

    It is made of the features of all groups, or of their tokens; or it is a learnt vector, the same for all.
    """
    layers = ranker.token_layers
    tokens = [mlp(x, weights, "group." + group, layers) for group, x in group_inputs.items()]
    if ranker.global_token == "FEATURES":
        tokens = [mlp(torch.cat(list(group_inputs.values()), dim=1), weights, "global", layers), *tokens]
    elif ranker.global_token == "TOKENS":
        tokens = [mlp(torch.cat(tokens, dim=1), weights, "global", layers), *tokens]
    elif ranker.global_token == "LEARNED":
        tokens = [torch.stack([weights["global.token"]] * len(tokens[0])), *tokens]
    return torch.stack(tokens, dim=1)


# --- the ranker ------------------------------------------------------------------------------------------------------


def forward(model: Model, weights: dict[str, Tensor], rows: dict[str, Rows], batch: Batch) -> Output:
    ranker = model.ranker
    pooled_rows = {f.name: tml.pool(rows[f.table], batch.ids[f.name], f.pooling) for f in model.table_features()}
    inputs = {group: tml.group_input(model, group, pooled_rows, batch.numbers) for group in model.groups()}
    tokens = tokenize(inputs, weights, ranker)
    blocks = stack(tokens, weights, ranker)
    top = norm(blocks[-1], weights, "final_norm", ranker.norm) if ranker.final_norm else blocks[-1]
    pooled = top.mean(dim=1) if ranker.readout == "MEAN" else top[:, 0]
    logits = torch.cat([tml.mlp(pooled, weights, "tower." + task) for task in model.tasks], dim=1)
    if ranker.wide:
        logits = logits + sum(pooled_rows[f.name][:, -1:] for f in model.table_features())
    auxiliary = tml.auxiliary_logits(model, weights, blocks) if ranker.auxiliary_loss > 0 else []
    return Output(inputs, tokens, blocks, pooled, logits, auxiliary, None)


def loss(model: Model, output: Output, batch: Batch) -> Tensor:
    """CE(z_L) + lambda * sum over the lower blocks of CE(z_l), or of CE(z_l + z_L) with the combined logit."""
    ranker = model.ranker
    total = tml.cross_entropy(output.logits, batch)
    for logits in output.auxiliary_logits:
        judged = logits + output.logits if ranker.auxiliary_form == "COMBINED_LOGIT" else logits
        total = total + ranker.auxiliary_loss * tml.cross_entropy(judged, batch)
    return total


# --- shapes of the weights -------------------------------------------------------------------------------------------


def norm_weights(name: str, width: int, kind: str) -> dict[str, tuple[int, ...]]:
    return {name: (width,)} if kind == "RMS" else norm_shapes(name, width)


def net_weights(name: str, positions: int, width: int, ranker: Variant) -> dict[str, tuple[int, ...]]:
    hidden = ranker.expansion * width
    if ranker.ffn == "PER_TOKEN_FFN":
        return ffn_shapes(name, positions, width, hidden)
    own = positions if ranker.ffn == "PER_TOKEN_SWIGLU" else 1
    return {name + ".gate_up": (own, 2 * hidden, width), name + ".down": (own, hidden, width)}


def block_shapes(name: str, tokens: int, ranker: Variant) -> dict[str, tuple[int, ...]]:
    width = ranker.width
    positions, row = (ranker.heads, tokens * width // ranker.heads) if ranker.mixing else (tokens, width)
    rows_normed = ranker.norm_place == "AFTER_MIXING" or ranker.norm_place == "POST" and ranker.block == "EQUATIONS"
    shapes = norm_weights(name + ".mix_norm", row if rows_normed else width, ranker.norm)
    shapes |= net_weights(name + ".mix_ffn", positions, row, ranker)
    shapes |= norm_weights(name + ".token_norm", width, ranker.norm)
    return shapes | net_weights(name + ".token_ffn", tokens, width, ranker)


def mlp_weights(name: str, inputs: int, width: int, layers: int) -> dict[str, tuple[int, ...]]:
    shapes = {}
    for i in range(1, layers + 1):
        shapes |= {f"{name}.w{i}": (inputs if i == 1 else width, width), f"{name}.b{i}": (width,)}
    return shapes


def weight_shapes(model: Model) -> dict[str, tuple[int, ...]]:
    ranker, width = model.ranker, model.ranker.width
    widths = [model.group_width(g) for g in model.groups()]
    shapes = {}
    for group, inputs in zip(model.groups(), widths):
        shapes |= mlp_weights("group." + group, inputs, width, ranker.token_layers)
    if ranker.global_token == "LEARNED":
        shapes["global.token"] = (width,)
    elif ranker.global_token != "NONE":
        inputs = sum(widths) if ranker.global_token == "FEATURES" else len(widths) * width
        shapes |= mlp_weights("global", inputs, width, ranker.token_layers)
    for i in range(ranker.layers):
        shapes |= block_shapes(f"block.{i}", tokens_of(model), ranker)
    if ranker.final_norm:
        shapes |= norm_weights("final_norm", width, ranker.norm)
    for task in model.tasks:
        shapes |= tml.mlp_shapes("tower." + task, width, width, 1)
    if ranker.auxiliary_loss > 0:
        for i in range(ranker.layers - 1):
            for task in model.tasks:
                shapes |= {f"aux.{i}.{task}.w": (width, 1), f"aux.{i}.{task}.b": (1,)}
    return shapes
