"""Golden values of what ends a training step: optimizers, clipping, schedules and losses, by torch's own classes in float64.

Writes step-optimizers.json, step-schedules.json and step-losses.json beside itself. Run: python make_step_golden.py
"""

import json
import math
import pathlib

import torch

torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).parent
DECAYS = [True, True, True, False, True, False, True]  # Of each weight; gains and biases do not.
SIZE = len(DECAYS)


def exact(*shape, generator, scale=1.0):
    """Random multiples of 1/128, which float32 holds exactly."""
    return torch.randint(-256, 257, shape, generator=generator).to(torch.float64) / 128 * scale


def optimizer_cases():
    yield "adagrad", dict(learning_rate=0.25, initial_accumulator=0.5, epsilon=1e-10)
    yield "adagrad", dict(learning_rate=0.25, initial_accumulator=0.0, epsilon=0.125, weight_decay=0.25)
    yield "adagrad", dict(learning_rate=0.25, initial_accumulator=0.5, epsilon=1e-10, clip_norm=0.5)
    yield "adam", dict(learning_rate=0.125, beta1=0.9, beta2=0.999, epsilon=1e-8)
    yield "adam", dict(learning_rate=0.125, beta1=0.75, beta2=0.5, epsilon=0.0625, weight_decay=0.25, clip_norm=1.0)
    yield "adamw", dict(learning_rate=0.125, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.5)
    yield "adamw", dict(learning_rate=0.125, beta1=0.9, beta2=0.75, epsilon=1e-8, weight_decay=0.5, clip_norm=0.25)
    yield "sgd", dict(learning_rate=0.125, momentum=0.0, nesterov=False)
    yield "sgd", dict(learning_rate=0.125, momentum=0.75, nesterov=False, weight_decay=0.25)
    yield "sgd", dict(learning_rate=0.125, momentum=0.75, nesterov=True, clip_norm=1.5)


def build(kind, weights, settings):
    """torch's optimizer over two groups, so that only some weights decay."""
    decay = settings.get("weight_decay", 0.0)
    groups = [
        {"params": [w for w, d in zip(weights, DECAYS) if d], "weight_decay": decay},
        {"params": [w for w, d in zip(weights, DECAYS) if not d], "weight_decay": 0.0},
    ]
    rate = settings["learning_rate"]
    if kind == "adagrad":
        return torch.optim.Adagrad(
            groups, lr=rate, initial_accumulator_value=settings["initial_accumulator"], eps=settings["epsilon"]
        )
    if kind == "sgd":
        return torch.optim.SGD(groups, lr=rate, momentum=settings["momentum"], nesterov=settings["nesterov"])
    adam = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
    return adam(groups, lr=rate, betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"])


def optimizers():
    cases = []
    generator = torch.Generator().manual_seed(3)
    for kind, settings in optimizer_cases():
        start = exact(SIZE, generator=generator)
        gradients = [exact(SIZE, generator=generator) for _ in range(4)]
        weights = [torch.nn.Parameter(w.clone()) for w in start]
        optimizer = build(kind, weights, settings)
        after = []
        for gradient in gradients:
            for weight, g in zip(weights, gradient):
                weight.grad = g.clone()
            if settings.get("clip_norm"):
                torch.nn.utils.clip_grad_norm_(weights, settings["clip_norm"])
            optimizer.step()
            after.append([w.item() for w in weights])
        cases.append(
            {
                "type": kind,
                "settings": settings,
                "decays": [int(d) for d in DECAYS],
                "start": start.tolist(),
                "gradients": [g.tolist() for g in gradients],
                "after": after,
            }
        )
    return cases


def rates(schedule_of, steps):
    """The rate of each of the first updates under torch's scheduler, of an optimizer with rate 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = schedule_of(optimizer)
    result = []
    for _ in range(steps):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return result


def schedules():
    from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LambdaLR, LinearLR, SequentialLR

    def warm(warm_up, then):
        return lambda o: SequentialLR(
            o, [LinearLR(o, start_factor=1 / warm_up, total_iters=warm_up - 1), then(o)], milestones=[warm_up]
        )

    constant = lambda o: ConstantLR(o, factor=1.0, total_iters=1)
    cosine = lambda o: CosineAnnealingLR(o, T_max=10, eta_min=0.25)
    # Attention Is All You Need, section 5.3, scaled so that its highest rate is 1.
    noam = lambda w: lambda o: LambdaLR(o, lambda e: w**0.5 * min((e + 1) ** -0.5, (e + 1) * w**-1.5))
    return [
        {"type": "constant", "warm_up": 0, "rates": rates(constant, 3)},
        {"type": "constant", "warm_up": 4, "rates": rates(warm(4, constant), 8)},
        {"type": "cosine", "warm_up": 0, "steps": 10, "final": 0.25, "rates": rates(cosine, 11)},
        {"type": "cosine", "warm_up": 4, "steps": 10, "final": 0.25, "rates": rates(warm(4, cosine), 15)},
        {"type": "inverse-sqrt", "warm_up": 4, "rates": rates(noam(4), 40)},
        {"type": "inverse-sqrt", "warm_up": 0, "rates": rates(noam(1), 10)},
    ]


def losses():
    """Tasks click; buy given click; click-and-buy, their product; seconds (Huber); price (squared), both given click."""
    generator = torch.Generator().manual_seed(5)
    batch = 6
    logits = exact(batch, 4, generator=generator, scale=2.0).requires_grad_()  # Of the tasks that have their own.
    weights = torch.tensor([1.0, 2.0, 1.0, 0.5, 1.0, 1.0])
    click = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    buy = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0, 0.0])
    seconds = torch.tensor([3.0, 2.0, 0.5, math.nan, 1.0, -1.5])
    price = torch.tensor([1.5, math.nan, math.nan, 2.0, 9.0, math.nan])
    task_weights = {"click": 1.0, "buy": 0.5, "click-and-buy": 2.0, "seconds": 0.25, "price": 0.125}
    delta = 1.5
    bce = torch.nn.functional.binary_cross_entropy
    p_click, p_buy = torch.sigmoid(logits[:, 0]), torch.sigmoid(logits[:, 1])
    clicked = click == 1
    each = {
        "click": bce(p_click, click, reduction="none"),
        "buy": torch.where(clicked, bce(p_buy, buy, reduction="none"), 0.0),
        "click-and-buy": bce(p_click * p_buy, click * buy, reduction="none"),
        "seconds": masked(clicked, seconds, lambda y: torch.nn.functional.huber_loss(
            logits[:, 2], y, reduction="none", delta=delta)),
        "price": masked(clicked, price, lambda y: torch.nn.functional.mse_loss(logits[:, 3], y, reduction="none")),
    }
    loss = sum(task_weights[name] * (weights * values).sum() for name, values in each.items()) / batch
    (gradient,) = torch.autograd.grad(loss, logits)
    product = p_click * p_buy
    return {
        "logits": logits.tolist(),
        "labels": [[none(x) for x in row] for row in torch.stack([click, buy, seconds, price], 1).tolist()],
        "example_weights": weights.tolist(),
        "task_weights": task_weights,
        "huber_delta": delta,
        "product_logits": torch.log(product / (1 - product)).tolist(),
        "loss": loss.item(),
        "gradient": gradient.tolist(),
    }


def masked(mask, labels, loss):
    known = mask & ~labels.isnan()
    return torch.where(known, loss(labels.nan_to_num()), 0.0)


def none(x):
    return None if math.isnan(x) else x


def main():
    values = {"optimizers": {"cases": optimizers()}, "schedules": {"cases": schedules()}, "losses": losses()}
    for name, value in values.items():
        value = {"case": "step-" + name, **value}
        (HERE / f"step-{name}.json").write_text(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    main()
