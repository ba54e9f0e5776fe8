#!/usr/bin/env python3
"""TokenMixer-Large in PyTorch, written as one would by hand: the peer that `./freshet bench step --peer python` times.

usage: step.py FOLDER, with what PeerFiles.java wrote there. Says "READY loss", then for each line "eager" or "compiled"
on standard input runs one training step (forward, backward, fused Adagrad) and answers with its milliseconds.
"""

import json
import sys
import time
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F

EPSILON = 1e-6


def load(folder):
    model = json.loads((folder / "model.json").read_text())
    flat = torch.from_numpy(numpy.fromfile(folder / "arrays.f32", dtype="<f4"))
    arrays, at = {}, 0
    for entry in model["arrays"]:
        size = int(numpy.prod(entry["shape"]))
        arrays[entry["name"]] = flat[at : at + size].reshape(entry["shape"]).clone()
        at += size
    return model, arrays


def laid_out(name, value):
    """Ours has gate and up as [N, 2m, W]; here they are as one multiplies by them, [N, W, 2m]."""
    return value.transpose(1, 2).contiguous() if name.endswith("gate_up") else value


class TokenMixerLarge(torch.nn.Module):
    """Tokens are the first axis inside the blocks, [T, B, D], so that the products per token need no transposition."""

    def __init__(self, model, weights):
        super().__init__()
        self.heads, self.layers, self.groups = model["heads"], model["layers"], model["groups"]
        self.names = {name: f"w{i}" for i, name in enumerate(weights)}
        for name, value in weights.items():
            self.register_parameter(self.names[name], torch.nn.Parameter(value))

    def w(self, name):
        return getattr(self, self.names[name])

    def mlp(self, name, x):
        hidden = F.silu(torch.addmm(self.w(name + ".b1"), x, self.w(name + ".w1")))
        return torch.addmm(self.w(name + ".b2"), hidden, self.w(name + ".w2"))

    def norm(self, name, x):
        gain = self.w(name)
        return F.rms_norm(x, gain.shape, gain, EPSILON)

    def ffn(self, name, x):
        gate, up = torch.bmm(x, self.w(name + ".gate_up")).chunk(2, 2)
        return torch.bmm(F.silu(gate) * up, self.w(name + ".down"))

    def mix(self, x):
        tokens, batch, width = x.shape
        return x.reshape(tokens, batch, self.heads, width // self.heads).permute(2, 1, 0, 3).reshape(self.heads, batch, -1)

    def revert(self, x, tokens):
        heads, batch, width = x.shape
        return x.reshape(heads, batch, tokens, width // tokens).permute(2, 1, 0, 3).reshape(tokens, batch, -1)

    def block(self, name, x):
        y = x + self.revert(self.ffn(name + ".mix_ffn", self.mix(self.norm(name + ".mix_norm", x))), x.shape[0])
        return y + self.ffn(name + ".token_ffn", self.norm(name + ".token_norm", y))

    def forward(self, rows, indices, numbers):
        inputs = [rows[indices]] + list(numbers.split(1, 1))
        tokens = [self.mlp("global", torch.cat(inputs, 1))]
        tokens += [self.mlp("group." + group, x) for group, x in zip(self.groups, inputs)]
        x = torch.stack(tokens)
        outputs = []
        for i in range(self.layers):
            x = self.block(f"block.{i}", x)
            if i >= 2 and i % 2 == 0 and i < self.layers - 1:  # Interval residual of 2, never on the last block.
                x = x + outputs[i - 2]
            outputs.append(x)
        return self.mlp("tower.click", self.norm("final_norm", x).mean(0)).squeeze(1)


def steps(model, arrays):
    """A function for each kind of step; both have their own weights."""
    inputs = ("rows", "indices", "numbers", "labels")
    rows, indices, numbers, labels = (arrays[name] for name in inputs)
    indices = indices.long()

    def stepper(compiled):
        weights = {name: laid_out(name, value).clone() for name, value in arrays.items() if name not in inputs}
        network = TokenMixerLarge(model, weights)
        optimizer = torch.optim.Adagrad(
            network.parameters(), lr=1e-5, initial_accumulator_value=0.01, eps=1e-10, fused=True
        )
        scorer = torch.compile(network) if compiled else network

        def step():
            leaf = rows.detach().requires_grad_()
            loss = F.binary_cross_entropy_with_logits(scorer(leaf, indices, numbers), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            return loss

        return step

    return {"eager": stepper(False), "compiled": stepper(True)}


def main():
    model, arrays = load(Path(sys.argv[1]))
    torch.set_num_threads(model["threads"])
    kinds = steps(model, arrays)
    loss = kinds["eager"]().item()
    kinds["compiled"]()
    print("READY", loss, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        kinds[line.strip()]()
        print((time.perf_counter() - start) * 1e3, flush=True)


if __name__ == "__main__":
    main()
