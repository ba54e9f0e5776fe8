# SPDX-License-Identifier: Apache-2.0
"""Checks of the golden values themselves: python check_golden.py. Raises at the first that fails.

Hand-made values, torch's own operations, finite differences of every gradient, and whether the files are up to date.
"""

import json
import math
import tempfile
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

import check_variants
import golden_cases
import make_golden
import make_other_golden
import other_rankers as other
import sparse_moe
import tokenmixer_large as tml
from golden_cases import Draw
from other_rankers import DcnV2, DlrmMlp, RankMixer
from sparse_moe import Moe, Routings
from tokenmixer_large import Batch, Model, Ranker, Rows

FOLDER = Path(__file__).resolve().parent


def close(actual: Tensor, expected: Tensor, tolerance: float = 1e-12) -> None:
    torch.testing.assert_close(actual, expected, rtol=tolerance, atol=tolerance)


def mixing_by_hand() -> None:
    x = torch.tensor([[[1, 2, 3, 4], [5, 6, 7, 8]]])
    assert tml.mix(x, 2).tolist() == [[[1, 2, 5, 6], [3, 4, 7, 8]]]
    assert tml.mix(x, 4).tolist() == [[[1, 5], [2, 6], [3, 7], [4, 8]]]


def mixing_is_a_swap_of_axes_and_reverting_its_inverse() -> None:
    for tokens, width, heads in ((2, 4, 2), (2, 4, 4), (3, 8, 2), (5, 6, 1), (1, 6, 3), (4, 12, 6)):
        x = Draw(1).uniform(3, tokens, width)
        swapped = x.reshape(3, tokens, heads, width // heads).transpose(1, 2).reshape(3, heads, -1)
        assert torch.equal(tml.mix(x, heads), swapped)
        assert torch.equal(tml.revert(swapped, tokens), x)


def layers_agree_with_torch() -> None:
    draw = Draw(2)
    x, gain = draw.uniform(3, 4, 6), draw.uniform(6)
    close(tml.rms_norm(x, gain), functional.rms_norm(x, (6,), gain, 1e-6))
    gate_up, down = draw.uniform(4, 24, 6), draw.uniform(4, 12, 6)
    gate, up = torch.einsum("bnw,nmw->bnm", x, gate_up).chunk(2, dim=-1)
    close(tml.per_token_swiglu(x, gate_up, down), torch.einsum("bnm,nmw->bnw", functional.silu(gate) * up, down))

    rows = Rows([7, 0, -1], draw.uniform(3, 5))
    indices, offsets = torch.tensor([0, 0, 1, 2, 1]), torch.tensor([0, 3, 3])
    for pooling in ("mean", "sum"):
        expected = functional.embedding_bag(indices, rows.weights, offsets, mode=pooling)
        close(tml.pool(rows, [[7, 7, 0], [], [-1, 0]], pooling), expected)

    logits, labels, weights = draw.uniform(5, 2, low=-50, high=50), (draw.uniform(5, 2) > 0).double(), draw.uniform(5)
    expected = functional.binary_cross_entropy_with_logits(logits, labels, weights[:, None], reduction="sum") / 5
    close(tml.cross_entropy(logits, Batch({}, logits, labels, weights)), expected)


def sublayers_normalise_before_mixing() -> None:
    """By torch's operations and a swap of axes; the token net is silenced, which leaves the first half of the block."""
    tokens, heads, width = 3, 2, 4
    draw = Draw(5)
    x = draw.uniform(2, tokens, width)
    ranker = Ranker(width, 1, heads, 1, False, "TWO_SUBLAYERS", 0, 0.0)
    weights = draw.weights(tml.block_shapes("b", tokens, ranker))
    weights["b.token_ffn.down"] = torch.zeros_like(weights["b.token_ffn.down"])
    normed = functional.rms_norm(x, (width,), weights["b.mix_norm"], 1e-6)
    mixed = normed.reshape(2, tokens, heads, -1).transpose(1, 2).reshape(2, heads, -1)
    gate, up = torch.einsum("bnw,nmw->bnm", mixed, weights["b.mix_ffn.gate_up"]).chunk(2, dim=-1)
    learned = torch.einsum("bnm,nmw->bnw", functional.silu(gate) * up, weights["b.mix_ffn.down"])
    reverted = learned.reshape(2, heads, tokens, -1).transpose(1, 2).reshape(2, tokens, -1)
    close(tml.block(x, weights, "b", heads, "TWO_SUBLAYERS"), x + reverted)


def all_experts(weights: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Gate and up, and down, of the routed experts and the shared one as the last: [N, E, ..]."""
    gate_up = torch.cat([weights["gate_up"], weights["shared_gate_up"].unsqueeze(1)], dim=1)
    return gate_up, torch.cat([weights["down"], weights["shared_down"].unsqueeze(1)], dim=1)


def mixtures_agree_with_torch() -> None:
    """All experts at once, masked by torch's own top-k; losses by torch's own softmax."""
    draw = Draw(6)
    for moe in (Moe(8, 4, 2.0), Moe(4, 2, 2.0, "FULL"), Moe(4, 4, 3.0)):
        x = draw.uniform(5, 3, 8)
        weights = draw.weights(sparse_moe.shapes("", 3, 8, 2, moe))
        output, routing = sparse_moe.sparse_moe(x, weights, "", moe)
        logits = torch.einsum("bnw,nwe->bne", x, weights["router"])
        chosen = torch.zeros_like(logits).scatter(2, logits.topk(moe.active - 1, dim=2).indices, 1.0)
        masked = logits if moe.gate == "FULL" else logits.masked_fill(chosen == 0, -math.inf)
        share = moe.gate_scale * functional.softmax(masked, dim=2) * chosen
        share = torch.cat([share, torch.ones(5, 3, 1, dtype=share.dtype)], dim=2)
        gate_up, down = all_experts(weights)
        gate, up = torch.einsum("bnw,newm->bnem", x, gate_up).chunk(2, dim=3)
        close(output, torch.einsum("bne,bnem,nemw->bnw", share, functional.silu(gate) * up, down))
        close(routing.logits, logits)
        close(routing.rows, chosen.sum(dim=0))
        even = functional.softmax(logits, dim=2).mean(dim=0) * chosen.mean(dim=0) / (moe.active - 1)
        close(sparse_moe.balance(routing), even.sum(dim=1).mean() * (moe.experts - 1))
        close(sparse_moe.z_loss(routing), logits.exp().sum(dim=2).log().square().mean())


def a_mixture_of_all_experts_with_equal_gates_is_the_dense_net() -> None:
    """First enlarge, then sparse: the experts are slices of the dense net's hidden layer."""
    draw, moe = Draw(7), Moe(4, 4, 3.0)
    weights = draw.weights(sparse_moe.shapes("", 2, 8, 2, moe))
    x = draw.uniform(3, 2, 8)
    weights["router"] = torch.zeros_like(weights["router"])
    output, _ = sparse_moe.sparse_moe(x, weights, "", moe)
    experts, down = all_experts(weights)
    halves = experts.chunk(2, dim=3)
    gate_up = torch.cat([half.transpose(2, 3).reshape(2, 16, 8) for half in halves], dim=1)
    close(output, tml.per_token_swiglu(x, gate_up, down.reshape(2, 16, 8)))


def gradients_of_mixtures_agree_with_finite_differences() -> None:
    """Router, experts and input, with both losses of the routers; choices are clear, so a small move changes none."""
    for gate in ("SELECTED", "FULL"):
        draw, moe = Draw(8), Moe(4, 3, 1.5, gate, 0.25, 0.125)
        weights = draw.weights(sparse_moe.shapes("", 2, 4, 2, moe))
        x, by = draw.uniform(4, 2, 4), draw.uniform(4, 2, 4)

        names = list(weights)

        def loss(x: Tensor, *values: Tensor) -> Tensor:
            output, routing = sparse_moe.sparse_moe(x, dict(zip(names, values, strict=True)), "", moe)
            routings = make_golden.clear_choice(Routings(moe, [routing]))
            return (output * by).sum() + sparse_moe.losses(routings)

        inputs = [x, *weights.values()]
        assert torch.autograd.gradcheck(loss, [t.clone().requires_grad_(True) for t in inputs])


def adagrad_agrees_with_torch() -> None:
    draw = Draw(3)
    parameter = torch.nn.Parameter(draw.uniform(4, 3))
    optimizer = torch.optim.Adagrad([parameter], lr=0.125, initial_accumulator_value=0.01, eps=1e-10)
    weight, accumulator = parameter.detach().clone(), torch.full((4, 3), 0.01, dtype=torch.float64)
    for _ in range(3):
        parameter.grad = draw.uniform(4, 3)
        optimizer.step()
        weight, accumulator = tml.adagrad(weight, accumulator, parameter.grad, 0.125)
    close(weight, parameter.detach())


def gradients_agree_with_finite_differences() -> None:
    """The whole loss, in both readings of the block, against every weight, row and number."""
    for reading in ("EQUATIONS", "TWO_SUBLAYERS"):
        ranker = Ranker(4, 4, 2, 1, True, reading, 2, 0.25)
        model = Model(golden_cases.FULL_TABLES, golden_cases.FULL_FEATURES, ("click", "buy"), ranker)
        draw = Draw(4)
        weights = draw.weights(tml.weight_shapes(model))
        rows = golden_cases.draw_rows(draw, model, {"user": golden_cases.USERS, "item": golden_cases.ITEMS})
        batch = golden_cases.draw_batch(draw, model, golden_cases.FULL_BAGS)

        def loss(numbers: Tensor, *flat: Tensor) -> Tensor:
            row_weights = flat[: len(rows)]
            moved = {t: Rows(r.ids, w) for (t, r), w in zip(rows.items(), row_weights)}
            named = dict(zip(weights, flat[len(rows) :]))
            examples = Batch(batch.ids, numbers, batch.labels, batch.example_weights)
            return tml.loss(model, tml.forward(model, named, moved, examples), examples)

        inputs = [batch.numbers, *(r.weights for r in rows.values()), *weights.values()]
        assert torch.autograd.gradcheck(loss, [t.clone().requires_grad_(True) for t in inputs])


def crossing_by_hand() -> None:
    """7 = 3 + 4 in both columns, times x0, plus x."""
    weights = {"c.w": torch.ones(2, 2), "c.b": torch.zeros(2)}
    crossed = other.cross(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]]), weights, "c")
    assert crossed.tolist() == [[10, 18]]


def other_layers_agree_with_torch() -> None:
    draw = Draw(6)
    x = draw.uniform(3, 2, 4)
    weights = draw.weights(other.norm_shapes("n", 4) | other.experts_shapes("e", 2, 4, 6, 3))
    close(other.layer_norm(x, weights, "n"), functional.layer_norm(x, (4,), weights["n.gain"], weights["n.bias"]))
    close(other.gelu(x * 4), functional.gelu(x * 4))
    # Gates of one make the experts one net, whose last bias is the sum of theirs.
    dense = {"f." + part: weights["e." + part] for part in ("w1", "b1", "w2")} | {"f.b2": weights["e.b2"].sum(dim=1)}
    close(other.experts(x, torch.ones(3, 2, 3), weights, "e"), other.per_token_ffn(x, dense, "f"))
    assert other.slice_widths(7, 3) == [3, 2, 2] and other.slice_widths(6, 3) == [2, 2, 2]


def gradients_of_other_rankers_agree_with_finite_differences() -> None:
    rankers = (
        RankMixer(6, 2, 3, 1, True),
        RankMixer(6, 2, 3, 1, True, experts=2, active=1, sparsity_loss=0.125),
        DcnV2(2, 0, "STACKED", (3,), True),
        DcnV2(2, 2, "PARALLEL", (3,), True),
        DlrmMlp((4, 3), True),
    )
    for ranker in rankers:
        model = Model(golden_cases.FULL_TABLES, golden_cases.FULL_FEATURES, ("click", "buy"), ranker)
        draw = Draw(7)
        weights = draw.weights(other.weight_shapes(model))
        rows = golden_cases.draw_rows(draw, model, {"user": golden_cases.USERS, "item": golden_cases.ITEMS})
        batch = golden_cases.draw_batch(draw, model, golden_cases.FULL_BAGS)

        def loss(numbers: Tensor, *flat: Tensor) -> Tensor:
            moved = {t: Rows(r.ids, w) for (t, r), w in zip(rows.items(), flat[: len(rows)])}
            examples = Batch(batch.ids, numbers, batch.labels, batch.example_weights)
            output = other.forward(model, dict(zip(weights, flat[len(rows) :])), moved, examples)
            return other.loss(model, output, examples)

        inputs = [batch.numbers, *(r.weights for r in rows.values()), *weights.values()]
        assert torch.autograd.gradcheck(loss, [t.clone().requires_grad_(True) for t in inputs])


def gates_are_open_and_shut_in_every_sparse_case() -> None:
    case = make_other_golden.cases()["rank-mixer-sparse"]
    assert all(penalty > 0 for penalty in case["outputs"]["penalties"])
    case = make_other_golden.cases()["experts-e4"]
    gates = other.relu_gates(case["inputs"]["x"], case["weights"]["experts.router"])
    assert 0.2 < (gates > 0).double().mean() < 0.8


def no_gradient_is_all_zero() -> None:
    for name, case in make_golden.cases().items():
        if name.endswith("moe-2-of-2"):
            continue  # A router of one expert has nothing to learn.
        for weight, gradient in case.get("gradients", {}).get("weights", {}).items():
            assert gradient.abs().max() > 1e-5, f"{name}: gradient of {weight} is nothing, so it would test nothing"


def files_are_up_to_date() -> None:
    """To 1e-12, as other processors add in another order. Those of make_step_golden.py are its own."""
    with tempfile.TemporaryDirectory() as folder:
        make_golden.main(Path(folder))
        fresh = {path.name: json.loads(path.read_text()) for path in Path(folder).glob("*.json")}
    kept = {path.name: json.loads(path.read_text()) for path in FOLDER.glob("*.json") if not path.name.startswith("step-")}
    assert fresh.keys() == kept.keys(), f"files differ: {sorted(fresh.keys() ^ kept.keys())}"
    for name in fresh:
        same(name, kept[name], fresh[name])


def same(place: str, kept, fresh) -> None:
    if isinstance(kept, dict):
        assert kept.keys() == fresh.keys(), place
        for key in kept:
            same(f"{place} {key}", kept[key], fresh[key])
    elif isinstance(kept, list):
        assert len(kept) == len(fresh), place
        for i, (a, b) in enumerate(zip(kept, fresh)):
            same(f"{place}[{i}]", a, b)
    elif isinstance(kept, float):
        assert abs(kept - fresh) <= 1e-12 * max(1.0, abs(kept)), f"{place}: file has {kept}, now {fresh}"
    else:
        assert kept == fresh, f"{place}: file has {kept}, now {fresh}"


CHECKS = (
    mixing_by_hand,
    mixing_is_a_swap_of_axes_and_reverting_its_inverse,
    layers_agree_with_torch,
    sublayers_normalise_before_mixing,
    mixtures_agree_with_torch,
    a_mixture_of_all_experts_with_equal_gates_is_the_dense_net,
    gradients_of_mixtures_agree_with_finite_differences,
    adagrad_agrees_with_torch,
    gradients_agree_with_finite_differences,
    crossing_by_hand,
    other_layers_agree_with_torch,
    gradients_of_other_rankers_agree_with_finite_differences,
    gates_are_open_and_shut_in_every_sparse_case,
    *check_variants.CHECKS,
    no_gradient_is_all_zero,
    files_are_up_to_date,
)

if __name__ == "__main__":
    torch.set_num_threads(1)
    for check in CHECKS:
        check()
        print("good:", check.__name__.replace("_", " "))
