# SPDX-License-Identifier: Apache-2.0
"""What all golden cases share: how they are drawn, differentiated and written. make_golden.py begins.

Every input and weight is a multiple of 1/128 and so exact in float32; everything is computed in float64.
"""

import json

import torch
from torch import Tensor

from tokenmixer_large import Batch, Feature, Model, Rows, Table

GRID = 128


class Draw:
    """Random multiples of 1/128."""

    def __init__(self, seed: int):
        self.generator = torch.Generator().manual_seed(seed)

    def uniform(self, *shape: int, low: float = -1.0, high: float = 1.0) -> Tensor:
        numerators = torch.randint(round(low * GRID), round(high * GRID) + 1, shape, generator=self.generator)
        return numerators.to(torch.float64) / GRID

    def weights(self, shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
        """Gains around 1, the rest around 0; also biases and down matrices, so that nothing hides behind a zero."""
        found = {}
        for name, shape in shapes.items():
            low, high = (0.5, 1.5) if name.endswith(("norm", ".gain")) else (-0.5, 0.5)
            found[name] = self.uniform(*shape, low=low, high=high)
        return found


# --- writing ---------------------------------------------------------------------------------------------------------


def number(value: float) -> str:
    """Shortest text that reads back as the same float64; always with a point, so that YAML readers take it too."""
    text = repr(value)
    return text if "." in text else text.replace("e", ".0e")


def to_text(value, indent: str = "") -> str:
    """JSON with one line per tensor and per list of plain values."""
    if isinstance(value, Tensor):
        data = ", ".join(number(x) for x in value.detach().reshape(-1).tolist())
        return f'{{"shape": {json.dumps(list(value.shape))}, "data": [{data}]}}'
    if isinstance(value, dict) and value:
        inner = indent + "  "
        lines = [f"{inner}{json.dumps(key)}: {to_text(v, inner)}" for key, v in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], (dict, Tensor)):
        inner = indent + "  "
        return "[\n" + ",\n".join(inner + to_text(v, inner) for v in value) + f"\n{indent}]"
    return json.dumps(value)


def tracked(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.clone().requires_grad_(True) for name, tensor in tensors.items()}


def gradients(of: Tensor, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    if not tensors:
        return {}
    found = torch.autograd.grad(of, list(tensors.values()), retain_graph=True, allow_unused=True)
    return {n: torch.zeros_like(t) if g is None else g for (n, t), g in zip(tensors.items(), found)}


# --- cases -------------------------------------------------------------------------------------------------------------


def layer_case(layer: str, seed: int, config: dict, inputs: dict, shapes: dict, function) -> dict:
    """function(inputs, weights) -> output. Gradients are those of sum(output * output_gradient)."""
    draw = Draw(seed)
    weights = tracked(draw.weights(shapes))
    inputs = tracked({name: draw.uniform(*shape) for name, shape in inputs.items()})
    output = function(inputs, weights)
    output_gradient = draw.uniform(*output.shape)
    scalar = (output * output_gradient).sum()
    return {
        "case": layer,
        "config": config,
        "inputs": inputs,
        "weights": weights,
        "output": output,
        "output_gradient": output_gradient,
        "gradients": {"inputs": gradients(scalar, inputs), "weights": gradients(scalar, weights)},
    }


# Two tables that both serve several features, by mean and by sum; numbers between features with tables; the groups,
# in order of first appearance: user, item, history.
FULL_TABLES = (Table("user", 3), Table("item", 4))
FULL_FEATURES = (
    Feature("user", "user", "user", "mean"),
    Feature("age", "user"),
    Feature("item", "item", "item", "mean"),
    Feature("recent", "history", "item", "mean"),
    Feature("price", "item"),
    Feature("similar", "item", "item", "sum"),
    Feature("friends", "user", "user", "sum"),
)
# Any 64 bits are an id.
USERS = [0, -1, 7, 9223372036854775807]
ITEMS = [42, -9223372036854775808, 1, 3000000000000000001, 5]
FULL_BAGS = {
    "user": [[7], [0], [7], [-1]],
    "item": [[42], [42], [5], [1]],
    # An empty bag, a repeated id, ids that other features of the table have too.
    "recent": [[42, 1, 42], [], [5, 42, 1, 3000000000000000001], [-9223372036854775808]],
    "similar": [[1, 1], [42, 5], [], [5, -9223372036854775808, 5]],
    "friends": [[], [7, -1], [9223372036854775807], [-1, -1]],
}
FULL_DATA = ({"user": USERS, "item": ITEMS}, FULL_BAGS)


def features_config(model: Model) -> dict:
    return {
        "tables": [{"name": t.name, "dimension": t.dimension} for t in model.tables],
        "features": [
            {"name": f.name, "group": f.group, "table": f.table, "pooling": f.pooling} for f in model.features
        ],
        "tasks": list(model.tasks),
    }


def draw_rows(draw: Draw, model: Model, ids: dict[str, list[int]]) -> dict[str, Rows]:
    return {t: Rows(table_ids, draw.uniform(len(table_ids), model.row_width(t))) for t, table_ids in ids.items()}


def draw_batch(draw: Draw, model: Model, ids: dict[str, list[list[int]]]) -> Batch:
    size = len(next(iter(ids.values())))
    labels = (draw.uniform(size, len(model.tasks)) > 0).to(torch.float64)
    return Batch(
        ids=ids,
        numbers=draw.uniform(size, len(model.number_features()), low=-2, high=2),
        labels=labels,
        example_weights=draw.uniform(size, low=0.5, high=4),
    )


def used(model: Model, rows: dict[str, Rows], batch: Batch) -> dict[str, Rows]:
    """Only the rows that the batch names, in the order of `rows`."""
    found = {}
    for table, table_rows in rows.items():
        named = {i for f in model.table_features() if f.table == table for bag in batch.ids[f.name] for i in bag}
        keep = [k for k, row_id in enumerate(table_rows.ids) if row_id in named]
        found[table] = Rows([table_rows.ids[k] for k in keep], table_rows.weights[keep])
    return found


def batch_json(batch: Batch) -> dict:
    bags = {}
    for feature, ids in batch.ids.items():
        offsets = [0]
        for bag in ids:
            offsets.append(offsets[-1] + len(bag))
        bags[feature] = {"offsets": offsets, "ids": [i for bag in ids for i in bag]}
    return {
        "bags": bags,
        "numbers": batch.numbers,
        "labels": batch.labels,
        "example_weights": batch.example_weights,
    }


def rows_json(rows: dict[str, Rows]) -> dict:
    return {table: {"ids": r.ids, "weights": r.weights} for table, r in rows.items()}


def differentiate(ranking, model: Model, weights: dict[str, Tensor], rows: dict[str, Rows], batch: Batch):
    """Output of a module that has forward and loss, the loss, and its gradients: of weights, rows (per table), numbers."""
    weights = tracked(weights)
    rows = {t: Rows(r.ids, r.weights.clone().requires_grad_(True)) for t, r in rows.items()}
    batch = Batch(batch.ids, batch.numbers.clone().requires_grad_(True), batch.labels, batch.example_weights)
    output = ranking.forward(model, weights, rows, batch)
    loss = ranking.loss(model, output, batch)
    found = {
        "weights": gradients(loss, weights),
        "rows": gradients(loss, {t: r.weights for t, r in rows.items()}),
        "numbers": gradients(loss, {"numbers": batch.numbers})["numbers"],
    }
    return output, loss, found


def ranker_case(seed: int, ranking, model: Model, config: dict, data: tuple[dict, dict], outputs) -> dict:
    """A case of a ranker of the module `ranking`.

    data: ids of the rows by table, and bags of ids by feature. outputs(output): what of it the case tells, besides its loss.
    """
    row_ids, bags = data
    draw = Draw(seed)
    weights = draw.weights(ranking.weight_shapes(model))
    batch = draw_batch(draw, model, bags)
    rows = used(model, draw_rows(draw, model, row_ids), batch)
    output, loss, found = differentiate(ranking, model, weights, rows, batch)
    return {
        "case": "ranker",
        "config": config,
        "inputs": {"rows": rows_json(rows)} | batch_json(batch),
        "weights": weights,
        "outputs": outputs(output) | {"loss": output.logits.new_tensor([loss.item()])},
        "gradients": found,
    }


def predictions(output) -> dict:
    return {
        "logits": output.logits,
        "probabilities": torch.sigmoid(output.logits),
        "auxiliary_logits": output.auxiliary_logits,
    }
