#!/usr/bin/env python3
"""Runs the training step that Freshet writes as TorchScript under Python's torch: on a GPU, or on a CPU to try it.

  ./freshet bench archive --width 1024 --tokens 32 --batch 4096 --out a            (needs no GPU)
  ./freshet bench archive --ranker 'moe: {experts: 8, active: 4}' --out b
  python benchmarks/gpu/run_archive.py a b --device cuda --peak-tflops 67          (needs torch alone)

For each folder one JSON line: `loss_error` and `gradient_error`, the largest difference to the same step in float64
relative to the largest value (of the worst parameter), on --check-batch examples; `step_ms`, the median step of the
archive's batch; `tflops`, the floating-point operations of the blocks' matrix products, forward and backward, of the
active experts only, per second; and `mfu`, that as a share of --peak-tflops. Everything is float32; --tf32 lets the GPU
round the factors of products to TF32.
"""

import argparse
import json
import re
import statistics
import time
from pathlib import Path

import torch

ROWS = 64  # Rows of a table that a batch reads.
RATE = 1e-9  # So small that weights stay what they are from step to step.


def weights_of(model, generator):
    """One flat vector: gains 1, everything else normal with the deviation that keeps the size of what it multiplies."""
    parts = []
    for parameter in model["parameters"]:
        shape = parameter["shape"]
        if len(shape) == 1 and "norm" in parameter["name"]:
            parts.append(torch.ones(shape))
        else:
            fan_in = shape[-2] if len(shape) > 1 else 100
            parts.append(torch.randn(shape, generator=generator).div_(fan_in**0.5).flatten())
    return torch.cat(parts)


def inputs_of(model, batch, generator):
    """The inputs of the program by name; every bag holds one row."""
    inputs = {}
    for name, shape in model["inputs"].items():
        kind = name.split(".")[0]
        sizes = [batch if size < 0 else size for size in shape]
        if kind == "rows":
            inputs[name] = torch.randn([ROWS, shape[1]], generator=generator)
        elif kind == "indices":
            inputs[name] = torch.randint(0, ROWS, (batch,), generator=generator, dtype=torch.int32)
        elif kind == "offsets":
            inputs[name] = torch.arange(batch + 1, dtype=torch.int32)
        elif kind == "numbers":
            inputs[name] = torch.randn(sizes, generator=generator)
        elif kind == "labels":
            inputs[name] = torch.randint(0, 2, sizes, generator=generator).float()
        elif kind == "prior":
            inputs[name] = torch.zeros(sizes)
        else:
            inputs[name] = torch.ones(sizes)
    return inputs


def arguments_of(module, weights, inputs, device, dtype):
    """What train_step takes, in its order; its gradient vector comes second."""

    def put(tensor):
        return tensor.to(device, dtype if tensor.is_floating_point() else tensor.dtype)

    flat = put(weights)
    own = {
        "weights": [flat],
        "gradients": [torch.zeros_like(flat)],
        "decays": [torch.ones_like(flat)],
        "update": [torch.ones([], device=device)],
        "rate": torch.tensor(RATE, dtype=torch.float64),
    }
    schema = module._c._get_method("train_step").schema
    rest = iter(inputs.values())
    arguments = []
    for argument in schema.arguments[1:]:
        if argument.name.startswith("state_"):
            arguments.append([torch.full_like(flat, 0.01)])
        elif argument.name in own:
            arguments.append(own[argument.name])
        else:
            arguments.append(put(next(rest)))
    return arguments


def errors(module, model, options):
    """How far the step is from the same step in float64: of the loss, and of the gradient of the worst parameter."""
    generator = torch.Generator().manual_seed(options.seed)
    weights = weights_of(model, generator)
    inputs = inputs_of(model, options.check_batch, generator)
    results = []
    for dtype in (torch.float64, torch.float32):
        arguments = arguments_of(module, weights, inputs, options.device, dtype)
        loss = module.train_step(*arguments)[0].double().cpu()
        results.append((loss, arguments[1][0].double().cpu()))
    (loss, exact), (other_loss, other) = results
    worst, at = 0.0, 0
    for parameter in model["parameters"]:
        size = torch.Size(parameter["shape"]).numel()
        truth, found = exact[at : at + size], other[at : at + size]
        worst = max(worst, ((found - truth).abs().max() / truth.abs().max().clamp(min=1e-12)).item())
        at += size
    return ((other_loss - loss).abs() / loss.abs()).item(), worst


def seconds(module, model, options):
    """The median time of a step."""
    generator = torch.Generator().manual_seed(options.seed)
    weights = weights_of(model, generator)
    arguments = arguments_of(
        module, weights, inputs_of(model, model["batch"], generator), options.device, torch.float32
    )
    wait = torch.cuda.synchronize if options.device.startswith("cuda") else lambda: None
    times = []
    for i in range(options.warmup + options.rounds):
        wait()
        start = time.perf_counter()
        module.train_step(*arguments)
        wait()
        if i >= options.warmup:
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def active_share(model):
    """Active experts of all, both with the shared one; 1 for a dense ranker."""
    experts = re.search(r"experts: *(\d+)", model["ranker"])
    active = re.search(r"active: *(\d+)", model["ranker"])
    return int(active[1]) / int(experts[1]) if experts and active else 1.0


def measure(folder, options):
    model = json.loads((folder / "ranker.json").read_text())
    module = torch.jit.load(str(folder / "ranker.pt"), map_location=options.device)
    loss_error, gradient_error = errors(module, model, options)
    step = seconds(module, model, options)
    tflops = model["flops"] * active_share(model) / step / 1e12
    sizes = {key: model[key] for key in ("batch", "tokens", "heads", "width", "expansion", "layers", "ranker")}
    return {
        "bench": "gpu",
        **sizes,
        "device": options.device,
        "precision": "tf32" if options.tf32 else "float32",
        "loss_error": float(f"{loss_error:.3g}"),
        "gradient_error": float(f"{gradient_error:.3g}"),
        "step_ms": round(step * 1e3, 3),
        "tflops": float(f"{tflops:.4g}"),
        "mfu": float(f"{tflops / options.peak_tflops:.3g}") if options.peak_tflops else None,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--peak-tflops", type=float, help="what the device can do at best in this precision")
    parser.add_argument("--tf32", action="store_true")
    parser.add_argument("--check-batch", type=int, default=64)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = options.tf32
    torch.set_grad_enabled(False)
    # The optimizer of graphs compiles anew for sizes that it has not seen; Freshet runs without it.
    torch._C._set_graph_executor_optimize(False)
    for folder in options.folders:
        print(json.dumps(measure(folder, options)), flush=True)


if __name__ == "__main__":
    main()
