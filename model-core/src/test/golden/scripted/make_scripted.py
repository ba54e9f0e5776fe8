# SPDX-License-Identifier: Apache-2.0
"""Writes `brought.pt`, a scripted module as a user would bring it, and `training.json`: what PyTorch makes of it when it
learns from a few batches, in float64, by torch.optim.Adagrad and with wide rows. The Java trainer must make the same of it.

    python make_scripted.py
"""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import tokenmixer_large as tml
from golden_cases import FULL_BAGS, ITEMS, USERS, Draw, batch_json, draw_batch, draw_rows, rows_json, to_text, used
from make_golden import copy_of
from brought import Brought
from tokenmixer_large import Batch, Feature, Model, Ranker, Rows, Table

FEATURES = (
    Feature("user", "user", "user", "mean"),
    Feature("age", "user"),
    Feature("item", "item", "item", "mean"),
    Feature("recent", "history", "item", "mean"),
    Feature('the "öse"\\', "item"),  # A name that needs care in a script.
    Feature("similar", "item", "item", "sum"),  # The module does not use it; its bias counts all the same.
    Feature("friends", "user", "user", "sum"),
)
MODEL = Model((Table("user", 3), Table("item", 4)), FEATURES, ("click", "buy"), Ranker(4, 1, 2, 1, True, "none", 0, 0.0))
TRAINING = {
    "learning_rate": 0.0625,
    "initial_accumulator": 0.0078125,
    "row_gradient": "SUM",
    "rows": {
        "user": {"learning_rate": 0.125, "initial_accumulator": 0.015625},
        "item": {"learning_rate": 0.25, "initial_accumulator": 0.03125},
    },
}
STEPS = 5


def logits_of(module: torch.nn.Module, rows: dict[str, Rows], batch: Batch) -> torch.Tensor:
    """[B, tasks]: the module's logits, and the biases of all rows of an example, pooled as the rows are."""
    inputs, bias = {}, torch.zeros(len(batch.labels), 1, dtype=torch.float64)
    for feature in FEATURES:
        if feature.table is not None:
            pooled = tml.pool(rows[feature.table], batch.ids[feature.name], feature.pooling)
            inputs[feature.name], bias = pooled[:, :-1], bias + pooled[:, -1:]
    for i, feature in enumerate(MODEL.number_features()):
        inputs[feature.name] = batch.numbers[:, i : i + 1]
    return module(inputs) + bias


def learn(module, optimizer, state: dict, batch: Batch) -> float:
    rows = {t: Rows(r.ids, r.weights.clone().requires_grad_(True)) for t, r in used(MODEL, state["rows"], batch).items()}
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logits_of(module, rows, batch), batch.labels, reduction="none"
    )
    loss = (losses.sum(1) * batch.example_weights).mean()
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    for table, of_batch in rows.items():
        all_rows, rule = state["rows"][table], TRAINING["rows"][table]
        at = [all_rows.ids.index(row_id) for row_id in of_batch.ids]
        sums = state["row_accumulators"][table]
        gradient = len(batch.labels) * of_batch.weights.grad
        all_rows.weights[at], sums[at] = tml.adagrad(all_rows.weights[at], sums[at], gradient, rule["learning_rate"])
    return loss.item()


def trainable(module) -> dict[str, torch.nn.Parameter]:
    return {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(61)
    scripted = torch.jit.script(Brought())
    torch.jit.save(scripted, folder / "brought.pt")
    module = torch.jit.load(folder / "brought.pt").double().eval()
    for parameter in trainable(module).values():
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    draw = Draw(62)
    state = {"rows": draw_rows(draw, MODEL, {"user": USERS, "item": ITEMS})}
    state["row_accumulators"] = {
        t: torch.full_like(r.weights, TRAINING["rows"][t]["initial_accumulator"]) for t, r in state["rows"].items()
    }
    batches = [
        draw_batch(draw, MODEL, {f.name: FULL_BAGS[f.name][start:] for f in MODEL.table_features()})
        for start in (0, 2, 3, 1, 0)
    ]
    initial = {"weights": {n: p.detach().clone() for n, p in trainable(module).items()}}
    initial["rows"] = rows_json(copy_of(state["rows"]))
    optimizer = torch.optim.Adagrad(
        trainable(module).values(),
        lr=TRAINING["learning_rate"],
        initial_accumulator_value=TRAINING["initial_accumulator"],
        eps=1e-10,
    )
    losses = [learn(module, optimizer, state, batch) for batch in batches]
    parameters = trainable(module)
    after = {
        "steps": STEPS,
        "weights": {n: p.detach() for n, p in parameters.items()},
        "accumulators": {n: optimizer.state[p]["sum"] for n, p in parameters.items()},
        "rows": rows_json(state["rows"]),
        "row_accumulators": state["row_accumulators"],
    }
    with torch.no_grad():
        after["logits"] = logits_of(module, used(MODEL, state["rows"], batches[0]), batches[0])
    case = {
        "case": "scripted",
        "config": {
            "tables": [{"name": t.name, "dimension": t.dimension} for t in MODEL.tables],
            "features": [
                {"name": f.name, "group": f.group, "table": f.table, "pooling": f.pooling} for f in FEATURES
            ],
            "tasks": list(MODEL.tasks),
        },
        "training": TRAINING,
        "initial": initial,
        "batches": [batch_json(batch) for batch in batches],
        "losses": torch.tensor(losses, dtype=torch.float64),
        "after": after,
    }
    (folder / "training.json").write_text(to_text(case) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(__file__).resolve().parent)
