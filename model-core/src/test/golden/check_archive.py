# SPDX-License-Identifier: Apache-2.0
"""Holds a TorchScript archive that the Java code wrote against a golden case:

    D=../../../target/golden
    python check_archive.py ranker-equations.json $D/ranker-equations.pt $D/ranker-equations.parameters

The case is a `ranker` one. The archive is made of the same configuration by a Java test, RankerGoldenTest. The third file
names the parameters of its dense vector, one per line, in the vector's order. Runs `forward` and `train_step` in float64,
where they must agree to 1e-10, and in float32, as trainers and servers do. Needs nothing but the archive: arguments are
found by their names.
"""

import json
import math
import sys
from pathlib import Path

import torch
from torch import Tensor

import tokenmixer_large as tml

# Exact in float32.
LEARNING_RATE = 0.0625
INITIAL_ACCUMULATOR = 0.0078125
# TorchScript rewrites a method after it has seen its first runs.
RUNS = 3
TOLERANCE = {torch.float64: 1e-10, torch.float32: 2e-6}


def tensor(value: dict) -> Tensor:
    return torch.tensor(value["data"], dtype=torch.float64).reshape(value["shape"])


def arguments(case: dict) -> dict[str, Tensor]:
    """Inputs of the archive by the names of its arguments; per table one embedding bag for all its features."""
    config, inputs = case["config"], case["inputs"]
    found = {"in_" + name: tensor(inputs[name]) for name in ("numbers", "labels", "example_weights")}
    found["in_label_weights"] = torch.ones_like(found["in_labels"])
    found["in_prior"] = torch.zeros(len(config["tasks"]), dtype=torch.float64)
    for table, rows in inputs["rows"].items():
        indices, offsets, weights = [], [0], []
        for feature in config["features"]:
            if feature["table"] != table:
                continue
            bags = inputs["bags"][feature["name"]]
            for start, end in zip(bags["offsets"], bags["offsets"][1:]):
                indices += [rows["ids"].index(row_id) for row_id in bags["ids"][start:end]]
                share = 1 / max(1, end - start) if feature["pooling"] == "mean" else 1.0
                weights += [share] * (end - start)
                offsets.append(len(indices))
        found["in_rows_" + table] = tensor(rows["weights"])
        found["in_indices_" + table] = torch.tensor(indices)
        found["in_offsets_" + table] = torch.tensor(offsets)
        found["in_weights_" + table] = torch.tensor(weights, dtype=torch.float64)
    return found


def flat(tensors: dict, names: list[str]) -> Tensor:
    """Golden tensors as one vector in the archive's order; `prior`, which no golden case has, is left out."""
    learnt = [name for name in names if name != "prior"]
    assert sorted(learnt) == sorted(tensors), f"parameters differ: {sorted(set(learnt) ^ set(tensors))}"
    return torch.cat([tensor(tensors[name]).reshape(-1) for name in learnt])


def as_type(value: Tensor, dtype: torch.dtype) -> Tensor:
    return value.to(dtype) if value.is_floating_point() else value


def call(method, leading: list, named: dict[str, Tensor]):
    """The method with the leading arguments, then each of the rest by its name."""
    names = [argument.name for argument in method.schema.arguments][1 + len(leading) :]
    return method(*leading, *(named[name] for name in names))


def check(case: dict, archive: Path, names: list[str], dtype: torch.dtype) -> None:
    def close(what: str, actual: Tensor, expected: Tensor) -> None:
        difference = (actual.double() - expected).abs().max().item()
        print(f"{dtype}: {what} differs by {difference:.1e} at most")
        assert difference <= TOLERANCE[dtype], f"{what} of {archive} and the golden values are not the same"

    ranker = torch.jit.load(archive)
    named = {name: as_type(value, dtype) for name, value in arguments(case).items()}
    dense = flat(case["weights"], names)
    accumulator = torch.full_like(dense, INITIAL_ACCUMULATOR)
    outputs, gradients = case["outputs"], case["gradients"]
    after = tml.adagrad(dense, accumulator, flat(gradients["weights"], names), LEARNING_RATE)

    prior = torch.zeros(len(case["config"]["tasks"]), dtype=dtype)
    for _ in range(RUNS):
        logits = call(ranker.forward, [torch.cat([dense.to(dtype), prior])], named)
        close("forward", logits, tensor(outputs["logits"]))
    for _ in range(RUNS):
        weights, accumulators = (vector.to(dtype).clone() for vector in (dense, accumulator))  # A step changes them.
        flat_gradient = torch.full_like(weights, math.nan)
        state = [[weights], [flat_gradient], [accumulators], [torch.ones(1)], torch.tensor(LEARNING_RATE)]
        loss, logits, health, *row_gradients = call(ranker.train_step, state, named)
        close("gradient", flat_gradient, flat(gradients["weights"], names))
        close("health", health, torch.stack([torch.tensor(1.0), flat_gradient.double().norm()]))
        close("loss", loss, tensor(outputs["loss"]).squeeze())
        close("logits of train_step", logits, tensor(outputs["logits"]))
        for table, gradient in zip(case["inputs"]["rows"], row_gradients, strict=True):
            close(f"gradient of rows of {table}", gradient, tensor(gradients["rows"][table]))
        close("weights after the step", weights, after[0])
        close("accumulators after the step", accumulators, after[1])


if __name__ == "__main__":
    torch.set_num_threads(1)
    golden, archive, parameters = (Path(argument) for argument in sys.argv[1:])
    for each in (torch.float64, torch.float32):
        check(json.loads(golden.read_text()), archive, parameters.read_text().split(), each)
