# SPDX-License-Identifier: Apache-2.0
"""Checks of variants.py, which check_golden.py runs with its own."""

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

import golden_cases as golden
import make_variants_golden as made
import tokenmixer_large as tml
import variants
from golden_cases import Draw
from make_variants_golden import EQUATIONS, PLAIN
from tokenmixer_large import Batch, Model, Ranker, Rows


def close(actual: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(actual, expected, rtol=1e-12, atol=1e-12)


def the_plain_variants_are_the_usual_blocks() -> None:
    for ranker in (PLAIN, EQUATIONS):
        draw = Draw(21)
        weights = draw.weights(variants.block_shapes("b", 3, ranker))
        x = draw.uniform(2, 3, ranker.width)
        usual = Ranker(ranker.width, 1, ranker.heads, 1, False, ranker.block, 0, 0.0)
        assert variants.block_shapes("b", 3, ranker) == tml.block_shapes("b", 3, usual)
        assert torch.equal(
            variants.block(x, weights, "b", ranker), tml.block(x, weights, "b", ranker.heads, ranker.block)
        )


def norms_stand_where_they_are_said_to() -> None:
    """With a silent net a half of a block is what it was given, normed or not."""
    for form in ("EQUATIONS", "TWO_SUBLAYERS"):
        for place in ("BEFORE_MIXING", "AFTER_MIXING", "POST"):
            ranker = replace(PLAIN, block=form, norm_place=place, norm="LAYER")
            draw = Draw(22)
            weights = draw.weights(variants.block_shapes("b", 2, ranker))
            for net in ("mix_ffn", "token_ffn"):
                weights[f"b.{net}.down"] = torch.zeros_like(weights[f"b.{net}.down"])
            x = draw.uniform(3, 2, ranker.width)
            expected = x
            if place == "POST":
                norms = ("b.token_norm",) if form == "EQUATIONS" else ("b.mix_norm", "b.token_norm")
                for name in norms:
                    gain, bias = weights[name + ".gain"], weights[name + ".bias"]
                    expected = functional.layer_norm(expected, (ranker.width,), gain, bias, 1e-5)
            close(variants.block(x, weights, "b", ranker), expected)


def a_shared_net_is_the_same_for_every_position() -> None:
    draw = Draw(23)
    gate_up, down, x = draw.uniform(1, 16, 4), draw.uniform(1, 8, 4), draw.uniform(3, 5, 4)
    gate, up = (x @ gate_up[0].T).chunk(2, dim=-1)
    close(variants.shared_swiglu(x, gate_up, down), (functional.silu(gate) * up) @ down[0])


def gradients_of_variants_agree_with_finite_differences() -> None:
    two = replace(PLAIN, layers=2, wide=True, auxiliary_loss=0.25)
    for ranker in (
        replace(two, auxiliary_form="COMBINED_LOGIT", global_token="TOKENS"),
        replace(two, block="EQUATIONS", norm_place="POST", norm="LAYER", global_token="LEARNED"),
        replace(two, ffn="PER_TOKEN_FFN", readout="GLOBAL_TOKEN", final_norm=False, token_layers=1),
        replace(two, ffn="SHARED_SWIGLU", norm_place="AFTER_MIXING", global_token="NONE", token_layers=3),
        replace(two, mixing=False, residual=False),
    ):
        model = Model(made.TABLES, made.FEATURES, ("click", "buy"), ranker)
        draw = Draw(24)
        weights = draw.weights(variants.weight_shapes(model))
        rows = golden.draw_rows(draw, model, made.IDS)
        batch = golden.draw_batch(draw, model, made.BAGS)

        def loss(numbers: Tensor, *flat: Tensor) -> Tensor:
            moved = {t: Rows(r.ids, w) for (t, r), w in zip(rows.items(), flat[: len(rows)])}
            examples = Batch(batch.ids, numbers, batch.labels, batch.example_weights)
            output = variants.forward(model, dict(zip(weights, flat[len(rows) :])), moved, examples)
            return variants.loss(model, output, examples)

        inputs = [batch.numbers, *(r.weights for r in rows.values()), *weights.values()]
        assert torch.autograd.gradcheck(loss, [t.clone().requires_grad_(True) for t in inputs])


CHECKS = (
    the_plain_variants_are_the_usual_blocks,
    norms_stand_where_they_are_said_to,
    a_shared_net_is_the_same_for_every_position,
    gradients_of_variants_agree_with_finite_differences,
)
