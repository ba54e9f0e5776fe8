"""Golden values of rows: optimizers, initial values and 8-bit rows, by torch's own classes where it has them, in float64.

Writes row-optimizers.json, initial-values.json and int8-rows.json beside itself. Run: python make_golden.py
"""

import json
import math
import pathlib
import struct

import torch

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).parent
DIMENSION = 5
WIDTH = DIMENSION + 1  # The bias is the last.
ROWS = 3
STEPS = 12


def exact(*shape, generator):
    """Random multiples of 1/128, which float32 holds exactly."""
    return torch.randint(-256, 257, shape, generator=generator).to(torch.float64) / 128


def write(name, value):
    (HERE / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n")


# ---- optimizers


def optimizer_cases():
    yield dict(type="sgd", learning_rate=0.125)
    yield dict(type="sgd", learning_rate=0.125, weight_decay=0.25, clip_norm=1.5)
    yield dict(type="adagrad", learning_rate=0.25, initial_accumulator=0.5, epsilon=1e-10)
    yield dict(type="adagrad", learning_rate=0.25, epsilon=0.125, weight_decay=0.25, clip_norm=2.0)
    yield dict(type="rowwise-adagrad", learning_rate=0.25, initial_accumulator=0.5, epsilon=1e-10)
    yield dict(type="rowwise-adagrad", learning_rate=0.25, epsilon=0.125, weight_decay=0.25, clip_norm=2.0)
    yield dict(type="adam", learning_rate=0.125, beta1=0.9, beta2=0.999, epsilon=1e-8)
    yield dict(type="adam", learning_rate=0.125, beta1=0.75, beta2=0.5, epsilon=0.0625, weight_decay=0.25)
    yield dict(type="ftrl", learning_rate=0.25, beta=1.0)
    yield dict(type="ftrl", learning_rate=0.25, beta=0.5, initial_accumulator=0.25, l1=0.75, l2=0.5)
    yield dict(type="ftrl", learning_rate=0.25, beta=1.0, l1=2.0, clip_norm=1.0)


class Torch:
    """A row with an optimizer of torch to itself, which so counts that row's steps."""

    def __init__(self, start, c):
        self.weights = torch.nn.Parameter(start.clone())
        rate, decay = c["learning_rate"], c.get("weight_decay", 0.0)
        if c["type"] == "sgd":
            self.optimizer = torch.optim.SGD([self.weights], lr=rate, weight_decay=decay)
        elif c["type"] == "adagrad":
            self.optimizer = torch.optim.Adagrad(
                [self.weights],
                lr=rate,
                weight_decay=decay,
                initial_accumulator_value=c.get("initial_accumulator", 0.0),
                eps=c["epsilon"],
            )
        else:
            self.optimizer = torch.optim.Adam(
                [self.weights], lr=rate, weight_decay=decay, betas=(c["beta1"], c["beta2"]), eps=c["epsilon"]
            )

    def step(self, gradient):
        self.weights.grad = gradient
        self.optimizer.step()


class Rowwise:
    """Adagrad of FBGEMM with one accumulator for the embedding, and one for the bias: written out number by number."""

    def __init__(self, start, c):
        self.weights = start.clone()
        self.c = c
        self.history = {part: [] for part in ("embedding", "bias")}

    def step(self, gradient):
        gradient = gradient + self.c.get("weight_decay", 0.0) * self.weights
        for part, columns in (("embedding", range(DIMENSION)), ("bias", [DIMENSION])):
            seen = self.history[part]
            seen.append(math.fsum(float(gradient[i]) ** 2 for i in columns) / len(columns))
            accumulator = self.c.get("initial_accumulator", 0.0) + math.fsum(seen)
            for i in columns:
                self.weights[i] -= self.c["learning_rate"] * gradient[i] / (math.sqrt(accumulator) + self.c["epsilon"])


class Ftrl:
    """What FTRL-Proximal is defined by: each weight is the minimum of all that was seen, found by bisection.

    sum g w + 1/2 sum sigma_s (w - w_s)^2 + 1/2 (beta + sqrt(n_0)) / alpha (w - w_0)^2 + l1 |w| + l2 / 2 w^2
    """

    def __init__(self, start, c):
        self.weights = start.clone()
        self.c = c
        self.squares = torch.full((WIDTH,), c.get("initial_accumulator", 0.0))
        pull = (c["beta"] + torch.sqrt(self.squares)) / c["learning_rate"]
        self.anchors = [(pull, start.clone())]
        self.sum = torch.zeros(WIDTH)

    def step(self, gradient):
        after = self.squares + gradient**2
        sigma = (torch.sqrt(after) - torch.sqrt(self.squares)) / self.c["learning_rate"]
        self.anchors.append((sigma, self.weights.clone()))
        self.squares = after
        self.sum = self.sum + gradient
        for i in range(WIDTH):
            self.weights[i] = self.minimum(i)

    def minimum(self, i):
        l1, l2 = self.c.get("l1", 0.0), self.c.get("l2", 0.0)

        def slope(w):
            pulls = math.fsum(float(sigma[i]) * (w - float(anchor[i])) for sigma, anchor in self.anchors)
            return float(self.sum[i]) + pulls + math.copysign(l1, w) + l2 * w

        low, high = -1000.0, 1000.0
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) < 0 else (low, middle)
        return 0.0 if abs(low) < 1e-12 else low


def optimizers():
    cases = []
    generator = torch.Generator().manual_seed(5)
    for c in optimizer_cases():
        kind = {"rowwise-adagrad": Rowwise, "ftrl": Ftrl}.get(c["type"], Torch)
        start = exact(ROWS, WIDTH, generator=generator)
        rows = [kind(start[row], c) for row in range(ROWS)]
        steps = []
        for n in range(STEPS):
            # Row 2 is first seen late; a column without gradient is among them.
            row = n % 2 if n < 6 else n % ROWS
            gradient = exact(WIDTH, generator=generator)
            gradient[n % WIDTH] = 0
            used = gradient.clone()
            norm = torch.linalg.norm(gradient)
            if 0 < c.get("clip_norm", 0) < norm:
                used *= c["clip_norm"] / norm
            rows[row].step(used)
            steps.append(dict(row=row, gradient=gradient.tolist(), weights=rows[row].weights.tolist()))
        cases.append(dict(settings=c, start=start.tolist(), steps=steps))
    write("row-optimizers", dict(dimension=DIMENSION, wide=True, cases=cases))


# ---- initial values

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & MASK
    return value


def counter_bits(seed, table, id_, column):
    table_seed = mix((seed + GAMMA & MASK) ^ fnv1a(table))
    row_seed = mix(table_seed ^ mix(id_ + GAMMA & MASK))
    return mix(row_seed + (column + 1) * GAMMA & MASK) >> 40


def initial_values():
    rows = []
    for seed, table, id_ in [(1, "item", 42), (1, "item", -1), (7, "Übersicht", 0), (-3, "user", 1 << 62)]:
        bits = [counter_bits(seed, table, id_ & MASK, column) for column in range(16)]
        normal = torch.special.ndtri(torch.tensor([(b + 0.5) / 2**24 for b in bits]))
        rows.append(
            dict(
                seed=seed,
                table=table,
                id=id_,
                uniform=[(b - 2**23) / 2**23 for b in bits],
                normal=normal.tolist(),
            )
        )
    write("initial-values", dict(scale=0.5, rows=rows))


# ---- rows of 8 bits


def int8_rows():
    generator = torch.Generator().manual_seed(6)
    rows = []
    for width in (1, 4, 16, 33):
        for scale in (1.0, 1e-3, 50.0):
            weights = (torch.randn(1, width, generator=generator) * scale + scale / 3).to(torch.float32)
            packed = torch.ops.quantized.embedding_bag_byte_prepack(weights)[0].tolist()
            step, offset = struct.unpack("<ff", bytes(packed[width:]))
            back = torch.ops.quantized.embedding_bag_byte_unpack(
                torch.tensor([packed], dtype=torch.uint8)
            )[0]
            rows.append(
                dict(
                    weights=[float(w) for w in weights[0]],
                    scale=step,
                    offset=offset,
                    steps=packed[:width],
                    decoded=[float(w) for w in back],
                )
            )
    write("int8-rows", dict(rows=rows))


if __name__ == "__main__":
    optimizers()
    initial_values()
    int8_rows()
