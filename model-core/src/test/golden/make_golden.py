# SPDX-License-Identifier: Apache-2.0
"""Writes the golden files beside this script (or into the folder given): see README.md.

Every input and weight is a multiple of 1/128 and so exact in float32; everything is computed in float64.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor

import golden_cases
import make_other_golden
import make_variants_golden
import sparse_moe
import tokenmixer_large as tml
from golden_cases import FULL_BAGS, FULL_DATA, FULL_FEATURES, FULL_TABLES, ITEMS, USERS, Draw, batch_json, differentiate
from golden_cases import draw_batch, draw_rows, features_config, gradients, layer_case, predictions, rows_json, to_text
from golden_cases import tracked, used
from sparse_moe import Moe, Routings
from tokenmixer_large import Batch, Feature, Model, Ranker, Rows, Table

# --- one layer -------------------------------------------------------------------------------------------------------


def mixing_case(seed: int, tokens: int, width: int, heads: int) -> dict:
    config = {"tokens": tokens, "width": width, "heads": heads}
    return layer_case("mix", seed, config, {"x": (2, tokens, width)}, {}, lambda i, w: tml.mix(i["x"], heads))


def reverting_case(seed: int, tokens: int, width: int, heads: int) -> dict:
    config = {"tokens": tokens, "width": width, "heads": heads}
    shape = (2, heads, tokens * width // heads)
    return layer_case("revert", seed, config, {"y": shape}, {}, lambda i, w: tml.revert(i["y"], tokens))


def rms_norm_case(seed: int, positions: int, width: int) -> dict:
    config = {"positions": positions, "width": width}
    inputs, shapes = {"x": (3, positions, width)}, {"norm": (width,)}
    return layer_case("rms_norm", seed, config, inputs, shapes, lambda i, w: tml.rms_norm(i["x"], w["norm"]))


def swiglu_case(seed: int, positions: int, width: int, expansion: int) -> dict:
    config = {"positions": positions, "width": width, "expansion": expansion}
    hidden = expansion * width
    shapes = {"gate_up": (positions, 2 * hidden, width), "down": (positions, hidden, width)}
    inputs = {"x": (3, positions, width)}
    function = lambda i, w: tml.per_token_swiglu(i["x"], w["gate_up"], w["down"])
    return layer_case("per_token_swiglu", seed, config, inputs, shapes, function)


def tokenizer_case(seed: int, width: int, group_widths: dict[str, int]) -> dict:
    shapes = {}
    for group, inputs in group_widths.items():
        shapes |= tml.mlp_shapes("group." + group, inputs, width, width)
    shapes |= tml.mlp_shapes("global", sum(group_widths.values()), width, width)
    inputs = {group: (3, w) for group, w in group_widths.items()}
    config = {"width": width, "group_widths": group_widths}
    return layer_case("tokenizer", seed, config, inputs, shapes, tml.tokenize)


def block_case(seed: int, reading: str, tokens: int, width: int, heads: int, expansion: int, moe=None) -> dict:
    config = {"block": reading, "tokens": tokens, "width": width, "heads": heads, "expansion": expansion}
    config |= {"moe": moe_config(moe)} if moe else {}
    shapes = tml.block_shapes("block.0", tokens, Ranker(width, 1, heads, expansion, False, reading, 0, 0.0, moe))

    def function(inputs: dict[str, Tensor], weights: dict[str, Tensor]) -> Tensor:
        routings = Routings(moe) if moe else None
        output = tml.block(inputs["x"], weights, "block.0", heads, reading, routings)
        if moe:
            clear_choice(routings)
        return output

    return layer_case("block", seed, config, {"x": (2, tokens, width)}, shapes, function)


def moe_config(moe: Moe) -> dict:
    return {
        "experts": moe.experts,
        "active": moe.active,
        "gate_scale": moe.gate_scale,
        "gate": moe.gate,
        "balance_loss": moe.balance_loss,
        "router_z_loss": moe.router_z_loss,
    }


def clear_choice(routings: Routings) -> Routings:
    """No choice may hang on a rounding error, or float32 could rightly choose otherwise. Exact ties are no error."""
    for routing in routings.layers:
        sorted_logits = routing.logits.sort(dim=2, descending=True).values
        gap = sorted_logits[:, :, routings.moe.active - 2] - sorted_logits[:, :, routings.moe.active - 1 :].amax(dim=2)
        assert ((gap == 0) | (gap > 1e-4)).all(), f"too close to call: {gap}; take another seed"
    return routings


def sparse_moe_case(seed: int, positions: int, width: int, expansion: int, moe: Moe, change=None) -> dict:
    """Gradients are those of sum(output * output_gradient), plus both losses of the routers. change(inputs, weights)."""
    draw = Draw(seed)
    weights = draw.weights(sparse_moe.shapes("", positions, width, expansion, moe))
    x = draw.uniform(6, positions, width)
    if change:
        change(x, weights)
    inputs, weights = tracked({"x": x}), tracked(weights)
    output, routing = sparse_moe.sparse_moe(inputs["x"], weights, "", moe)
    routings = Routings(moe, [routing])
    if moe.active < moe.experts:
        clear_choice(routings)
    output_gradient = draw.uniform(*output.shape)
    scalar = (output * output_gradient).sum() + sparse_moe.losses(routings)
    return {
        "case": "sparse_moe",
        "config": {"positions": positions, "width": width, "expansion": expansion, "moe": moe_config(moe)},
        "inputs": inputs,
        "weights": weights,
        "output": output,
        "rows": routing.rows,
        "balance": sparse_moe.balance(routing).reshape(1),
        "z_loss": sparse_moe.z_loss(routing).reshape(1),
        "output_gradient": output_gradient,
        "gradients": {"inputs": gradients(scalar, inputs), "weights": gradients(scalar, weights)},
    }


def tie(x: Tensor, weights: dict[str, Tensor]) -> None:
    """Two experts of the first position with the same logit, always; the second position sees a row of zeros."""
    weights["router"][0][:, 2] = weights["router"][0][:, 0]
    x[1, 1] = 0


def crowd(x: Tensor, weights: dict[str, Tensor]) -> None:
    """All rows of the first position to the same experts; the others get none."""
    x[:, 0, 0] = 1
    weights["router"][0][0] = torch.arange(weights["router"].shape[2], dtype=x.dtype) * 8


# --- the ranker ------------------------------------------------------------------------------------------------------

# One group of one table: the smallest ranker, for the depth rules.
DEEP_TABLES = (Table("item", 2),)
DEEP_FEATURES = (Feature("item", "item", "item", "mean"), Feature("context", "context"))


def model_config(model: Model) -> dict:
    ranker = model.ranker
    return features_config(model) | {
        "ranker": {
            "width": ranker.width,
            "layers": ranker.layers,
            "heads": ranker.heads,
            "expansion": ranker.expansion,
            "wide": ranker.wide,
            "block": ranker.block,
            "residual_interval": ranker.residual_interval,
            "auxiliary_loss": ranker.auxiliary_loss,
        }
        | ({"moe": moe_config(ranker.moe)} if ranker.moe else {}),
    }


def ranker_case(seed: int, model: Model, row_ids: dict[str, list[int]], bags: dict[str, list[list[int]]]) -> dict:
    routings = {}

    def outputs(output) -> dict:
        if output.routings and model.ranker.moe.active < model.ranker.moe.experts:
            routings["routed_rows"] = [routing.rows for routing in clear_choice(output.routings).layers]
        layers = {
            "group_inputs": output.group_inputs,
            "tokens": output.tokens,
            "blocks": output.blocks,
            "pooled": output.pooled,
        }
        return layers | predictions(output)

    case = golden_cases.ranker_case(seed, tml, model, model_config(model), (row_ids, bags), outputs)
    case["outputs"] |= routings
    return case


def full_case(seed: int, tasks: int, **ranker) -> dict:
    settings = {"width": 4, "layers": 4, "heads": 2, "expansion": 1, "residual_interval": 2} | ranker
    model = Model(FULL_TABLES, FULL_FEATURES, ("click", "buy")[:tasks], Ranker(**settings))
    return ranker_case(seed, model, *FULL_DATA)


def deep_case(seed: int, layers: int, residual_interval: int, reading: str = "TWO_SUBLAYERS") -> dict:
    ranker = Ranker(4, layers, 2, 1, False, reading, residual_interval, 0.0)
    model = Model(DEEP_TABLES, DEEP_FEATURES, ("click",), ranker)
    return ranker_case(seed, model, {"item": ITEMS}, {"item": [[42], [5]]})


# --- training --------------------------------------------------------------------------------------------------------


def step(model: Model, state: dict, batch: Batch, training: dict) -> float:
    """One Adagrad step of every dense weight and of the rows the batch names; changes the state, gives the loss."""
    rows = used(model, state["rows"], batch)
    _, loss, found = differentiate(tml, model, state["weights"], rows, batch)
    for name, gradient in found["weights"].items():
        state["weights"][name], state["accumulators"][name] = tml.adagrad(
            state["weights"][name], state["accumulators"][name], gradient, training["learning_rate"]
        )
    scale = len(batch.labels) if training["row_gradient"] == "SUM" else 1
    for table, gradient in found["rows"].items():
        rule, table_rows = training["rows"][table], state["rows"][table]
        at = [table_rows.ids.index(row_id) for row_id in rows[table].ids]
        accumulators = state["row_accumulators"][table]
        table_rows.weights[at], accumulators[at] = tml.adagrad(
            table_rows.weights[at], accumulators[at], scale * gradient, rule["learning_rate"]
        )
    return loss.item()


def training_case(seed: int, row_gradient: str) -> dict:
    """Three batches of different sizes; the state after the first and after the third step."""
    ranker = Ranker(4, 2, 2, 1, True, "EQUATIONS", 0, 0.125)
    features = FULL_FEATURES[:4] + FULL_FEATURES[5:6]
    model = Model(FULL_TABLES, features, ("click",), ranker)
    training = {
        "learning_rate": 0.0625,
        "initial_accumulator": 0.0078125,
        "row_gradient": row_gradient,
        "rows": {
            "user": {"learning_rate": 0.125, "initial_accumulator": 0.015625},
            "item": {"learning_rate": 0.25, "initial_accumulator": 0.03125},
        },
    }
    draw = Draw(seed)
    state = {"weights": draw.weights(tml.weight_shapes(model))}
    state["accumulators"] = {
        n: torch.full_like(w, training["initial_accumulator"]) for n, w in state["weights"].items()
    }
    state["rows"] = draw_rows(draw, model, {"user": USERS, "item": ITEMS})
    state["row_accumulators"] = {
        t: torch.full_like(r.weights, training["rows"][t]["initial_accumulator"]) for t, r in state["rows"].items()
    }
    # Batches of 4, 2 and 1 examples: rows come, stay away and come again.
    batches = [
        draw_batch(draw, model, {f.name: FULL_BAGS[f.name][start:] for f in model.table_features()})
        for start in (0, 2, 3)
    ]
    initial = {"weights": dict(state["weights"]), "rows": rows_json(copy_of(state["rows"]))}
    losses, after = [], []
    for number_of_steps, batch in enumerate(batches, start=1):
        losses.append(step(model, state, batch, training))
        if number_of_steps in (1, 3):
            after.append(
                {
                    "steps": number_of_steps,
                    "weights": dict(state["weights"]),
                    "accumulators": dict(state["accumulators"]),
                    "rows": rows_json(copy_of(state["rows"])),
                    "row_accumulators": {t: a.clone() for t, a in state["row_accumulators"].items()},
                }
            )
    return {
        "case": "training",
        "config": model_config(model),
        "training": training,
        "initial": initial,
        "batches": [batch_json(b) for b in batches],
        "losses": torch.tensor(losses, dtype=torch.float64),
        "after": after,
    }


def copy_of(rows: dict[str, Rows]) -> dict[str, Rows]:
    return {t: Rows(r.ids, r.weights.clone()) for t, r in rows.items()}


# --- all -------------------------------------------------------------------------------------------------------------


# Half of the experts, and one routed expert with the gate that lets its router learn.
HALF = Moe(8, 4, 2.0)
ONE_ROUTED = Moe(4, 2, 2.0, "FULL")


def cases() -> dict[str, dict]:
    equations, sublayers = "EQUATIONS", "TWO_SUBLAYERS"
    return {
        "mix-t2-d4-h2": mixing_case(1, 2, 4, 2),
        "mix-t2-d4-h4": mixing_case(2, 2, 4, 4),
        "mix-t3-d8-h2": mixing_case(3, 3, 8, 2),
        "mix-t5-d6-h1": mixing_case(4, 5, 6, 1),
        "mix-t1-d6-h3": mixing_case(5, 1, 6, 3),
        "revert-t2-d4-h4": reverting_case(6, 2, 4, 4),
        "revert-t3-d8-h2": reverting_case(7, 3, 8, 2),
        "rms-norm": rms_norm_case(11, 2, 6),
        "swiglu-n1": swiglu_case(12, 3, 4, 1),
        "swiglu-n3": swiglu_case(13, 2, 3, 3),
        "tokenizer": tokenizer_case(14, 4, {"user": 3, "item": 5, "context": 1}),
        "block-equations": block_case(21, equations, 3, 4, 2, 2),
        "block-equations-more-heads": block_case(22, equations, 2, 6, 3, 1),
        "block-two-sublayers": block_case(23, sublayers, 3, 4, 2, 2),
        "block-two-sublayers-more-heads": block_case(24, sublayers, 2, 6, 3, 1),
        "ranker-equations": full_case(31, 1, wide=True, block=equations, auxiliary_loss=0.125),
        "ranker-equations-two-tasks": full_case(32, 2, wide=False, block=equations, auxiliary_loss=0.0),
        "ranker-two-sublayers": full_case(33, 1, wide=False, block=sublayers, auxiliary_loss=0.0),
        "ranker-two-sublayers-two-tasks": full_case(34, 2, wide=True, block=sublayers, auxiliary_loss=0.25),
        "ranker-wide-expansion": full_case(
            35, 1, wide=True, block=sublayers, auxiliary_loss=0.0, layers=1, heads=4, expansion=3, residual_interval=0
        ),
        "sparse-moe-4-of-8": sparse_moe_case(61, 3, 4, 2, HALF),
        "sparse-moe-4-of-8-wide": sparse_moe_case(62, 2, 8, 3, HALF),
        "sparse-moe-3-of-8-losses": sparse_moe_case(63, 2, 8, 1, Moe(8, 3, 2.0, "SELECTED", 0.25, 0.0625)),
        "sparse-moe-2-of-4-full": sparse_moe_case(64, 3, 4, 1, ONE_ROUTED),
        "sparse-moe-3-of-4-full-losses": sparse_moe_case(65, 2, 4, 2, Moe(4, 3, 1.5, "FULL", 0.125, 0.25)),
        "sparse-moe-2-of-2": sparse_moe_case(66, 2, 4, 1, Moe(2, 2, 1.0, "FULL", 0.0, 0.0)),
        "sparse-moe-4-of-4": sparse_moe_case(67, 2, 4, 2, Moe(4, 4, 3.0)),
        "sparse-moe-ties": sparse_moe_case(68, 2, 4, 1, Moe(4, 3, 2.0, "SELECTED", 0.5, 0.0), tie),
        "sparse-moe-crowd": sparse_moe_case(69, 2, 4, 2, HALF, crowd),
        "block-equations-moe": block_case(71, equations, 3, 4, 2, 2, Moe(4, 3, 1.5)),
        "block-two-sublayers-moe": block_case(72, sublayers, 4, 4, 2, 2, HALF),
        "ranker-moe-4-of-8": full_case(
            73, 1, wide=True, block=sublayers, auxiliary_loss=0.125, layers=2, expansion=2, moe=HALF
        ),
        "ranker-moe-2-of-4-full": full_case(
            74, 2, wide=False, block=equations, auxiliary_loss=0.0, layers=3, expansion=1, moe=ONE_ROUTED
        ),
        "ranker-moe-2-of-2": full_case(
            75, 1, wide=True, block=sublayers, auxiliary_loss=0.0, layers=2, moe=Moe(2, 2, 1.0, "FULL")
        ),
        "ranker-moe-losses": full_case(
            76, 1, wide=False, block=sublayers, auxiliary_loss=0.0, layers=2, moe=Moe(4, 3, 1.5, "SELECTED", 0.25, 0.125)
        ),
        "deep-interval-2-last-would-match": deep_case(41, 5, 2),
        "deep-interval-2-chained": deep_case(42, 6, 2, equations),
        "deep-interval-3": deep_case(43, 5, 3),
        "training-mean-row-gradient": training_case(51, "MEAN"),
        "training-sum-row-gradient": training_case(51, "SUM"),
    } | make_other_golden.cases() | make_variants_golden.cases()


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in cases().items():
        (folder / f"{name}.json").write_text(to_text(case) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
