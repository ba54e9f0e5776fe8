#!/usr/bin/env python3
"""Runs the training step that Freshet writes as TorchScript under Python's torch: on a GPU, or on a CPU to try it.

  ./freshet bench archive --width 1024 --tokens 32 --batch 4096 --out a            (needs no GPU)
  ./freshet bench archive --ranker 'moe: {experts: 8, active: 4}' --out b
  python benchmarks/gpu/run_archive.py a b --device cuda                           (needs torch alone)

For each folder and precision one JSON line: `loss_error`, the difference of the loss to the same step in float64 relative
to it; `gradient_error`, the length of the difference of the dense gradients relative to the exact one's, and
`worst_gradient_error`, that of the parameter where it is largest, all on --check-batch examples; `step_ms`, the median
step of the archive's batch, optimizer included; `spread`, the difference of its quartiles relative to it; `tflops`, the
floating-point operations of the blocks' matrix products, forward and backward, of the active experts only, per second;
`mfu`, that as a share of --peak-tflops; `peak_gb`, the most memory that PyTorch held on a GPU.

Precisions: float32; tf32, the same archive with the factors of products rounded to TF32; bf16, an archive of its own.
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
ARCHIVES = {"float32": "float32.pt", "tf32": "float32.pt", "bf16": "bf16.pt"}
# Dense peaks per NVIDIA data sheets of the H100 and H200 (SXM): TFLOP/s with and without tensor cores.
PEAK_TFLOPS = {"float32": 67.0, "tf32": 494.7, "bf16": 989.4}


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


def step_of(module, model, options, dtype):
    """Loss and dense gradient of a step, in float64 on the CPU, with all arguments of some type."""
    generator = torch.Generator().manual_seed(options.seed)
    weights = weights_of(model, generator)
    inputs = inputs_of(model, options.check_batch, generator)
    arguments = arguments_of(module, weights, inputs, options.device, dtype)
    loss = module.train_step(*arguments)[0].double().cpu()
    return loss, arguments[1][0].double().cpu()


def relative(found, truth):
    return ((found - truth).norm() / truth.norm().clamp(min=1e-12)).item()


def errors(step, exact, model):
    """How far a step is from the exact one: its loss, its gradient, and the gradient of the worst parameter."""
    (loss, gradient), (exact_loss, exact_gradient) = step, exact
    worst, at = 0.0, 0
    for parameter in model["parameters"]:
        size = torch.Size(parameter["shape"]).numel()
        worst = max(worst, relative(gradient[at : at + size], exact_gradient[at : at + size]))
        at += size
    return {
        "loss_error": ((loss - exact_loss).abs() / exact_loss.abs()).item(),
        "gradient_error": relative(gradient, exact_gradient),
        "worst_gradient_error": worst,
    }


def seconds(module, model, options):
    """The times of the steps that count."""
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
    return times


def active_share(model):
    """Active experts of all, both with the shared one; 1 for a dense ranker."""
    experts = re.search(r"experts: *(\d+)", model["ranker"])
    active = re.search(r"active: *(\d+)", model["ranker"])
    return int(active[1]) / int(experts[1]) if experts and active else 1.0


def measure(folder, precision, exact, options):
    """Figures of one archive in one precision; `exact` is the step in float64."""
    model = json.loads((folder / "ranker.json").read_text())
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    module = torch.jit.load(str(folder / ARCHIVES[precision]), map_location=options.device)
    found = errors(step_of(module, model, options, torch.float32), exact, model)
    on_gpu = options.device.startswith("cuda")
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    times = seconds(module, model, options)
    step = statistics.median(times)
    quartiles = statistics.quantiles(times, n=4)
    tflops = model["flops"] * active_share(model) / step / 1e12
    peak = options.peak_tflops or (PEAK_TFLOPS[precision] if on_gpu else None)
    sizes = {key: model[key] for key in ("batch", "tokens", "heads", "width", "expansion", "layers", "ranker")}
    return {
        "bench": "gpu",
        **sizes,
        "device": torch.cuda.get_device_name() if on_gpu else options.device,
        "precision": precision,
        **{key: float(f"{value:.3g}") for key, value in found.items()},
        "step_ms": round(step * 1e3, 3),
        "spread": float(f"{(quartiles[2] - quartiles[0]) / step:.3g}"),
        "tflops": float(f"{tflops:.4g}"),
        "mfu": float(f"{tflops / peak:.3g}") if peak else None,
        "peak_gb": round(torch.cuda.max_memory_allocated() / 1e9, 2) if on_gpu else None,
    }


def exact_step(folder, options):
    """The float32 archive run in float64."""
    model = json.loads((folder / "ranker.json").read_text())
    module = torch.jit.load(str(folder / "float32.pt"), map_location=options.device)
    return step_of(module, model, options, torch.float64)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--precision", nargs="+", choices=ARCHIVES, default=["float32", "bf16"])
    parser.add_argument("--peak-tflops", type=float, help="of the device in every precision asked for (default: H200)")
    parser.add_argument("--check-batch", type=int, default=64)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--fuse", action="store_true", help="let TorchScript's executor optimize and fuse")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    # The optimizer of graphs compiles anew for sizes that it has not seen; Freshet runs without it.
    torch._C._set_graph_executor_optimize(options.fuse)
    for folder in options.folders:
        exact = exact_step(folder, options)
        for precision in options.precision:
            print(json.dumps(measure(folder, precision, exact, options)), flush=True)


if __name__ == "__main__":
    main()
