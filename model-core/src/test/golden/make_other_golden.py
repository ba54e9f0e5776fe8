# SPDX-License-Identifier: Apache-2.0
"""The golden cases of other_rankers.py and its layers; make_golden.py writes them with its own."""

from dataclasses import asdict

import golden_cases as golden
import other_rankers as other
from other_rankers import DcnV2, DlrmMlp, RankMixer
from tokenmixer_large import Model


def block_case(seed: int, tokens: int, width: int, expansion: int) -> dict:
    ranker = RankMixer(width, 1, tokens, expansion, False)
    config = {"tokens": tokens, "width": width, "expansion": expansion}
    shapes = other.rank_mixer_block_shapes("block.0", ranker)
    function = lambda i, w: other.rank_mixer_block(i["x"], w, "block.0")
    return golden.layer_case("rank_mixer_block", seed, config, {"x": (2, tokens, width)}, shapes, function)


def layer_cases() -> dict[str, dict]:
    """Each layer alone."""
    norm = lambda i, w: other.layer_norm(i["x"], w, "norm")
    ffn = lambda i, w: other.per_token_ffn(i["x"], w, "ffn")
    tokens = lambda i, w: other.semantic_tokens(i["x"], w, 3)
    gated = lambda i, w: other.experts(i["x"], other.relu_gates(i["x"], w["experts.router"]), w, "experts")
    cross = lambda i, w: other.cross(i["x0"], i["x"], w, "cross.0")
    hidden = lambda i, w: other.hidden_layers(i["x"], w, 2)
    x, two = {"x": (3, 2, 4)}, {"x0": (3, 5), "x": (3, 5)}
    moe_shapes = other.experts_shapes("experts", 2, 4, 8, 4) | {"experts.router": (2, 4, 4)}
    case = golden.layer_case
    return {
        "layer-norm": case("layer_norm", 61, {}, x, other.norm_shapes("norm", 4), norm),
        "ffn-k2": case("per_token_ffn", 62, {"expansion": 2}, x, other.ffn_shapes("ffn", 2, 4, 8), ffn),
        "tokens-uneven": case(
            "semantic_tokens", 63, {"tokens": 3, "width": 4}, {"x": (3, 7)}, other.token_shapes(7, 3, 4), tokens
        ),
        "experts-e4": case("relu_experts", 64, {"hidden": 8, "experts": 4}, x, moe_shapes, gated),
        "rank-mixer-block": block_case(65, 3, 6, 2),
        "cross-full": case("cross", 66, {"rank": 0}, two, other.cross_shapes("cross.0", 5, 0), cross),
        "cross-low-rank": case("cross", 67, {"rank": 2}, two, other.cross_shapes("cross.0", 5, 2), cross),
        "hidden-layers": case(
            "hidden_layers", 69, {"hidden": [4, 3]}, {"x": (3, 5)}, other.hidden_shapes(5, (4, 3)), hidden
        ),
    }


def ranker_case(seed: int, tasks: int, ranker: RankMixer | DcnV2 | DlrmMlp) -> dict:
    model = Model(golden.FULL_TABLES, golden.FULL_FEATURES, ("click", "buy")[:tasks], ranker)
    config = golden.features_config(model) | {"ranker": asdict(ranker)}
    outputs = lambda output: golden.predictions(output) | {"penalties": output.penalties}
    return golden.ranker_case(seed, other, model, config, golden.FULL_DATA, outputs)


def cases() -> dict[str, dict]:
    sparse = RankMixer(6, 2, 3, 2, True, experts=3, active=1, sparsity_loss=0.125)
    return layer_cases() | {
        "rank-mixer": ranker_case(71, 1, RankMixer(6, 2, 3, 2, True)),
        "rank-mixer-two-tasks": ranker_case(72, 2, RankMixer(4, 1, 4, 1, False)),
        "rank-mixer-sparse": ranker_case(73, 1, sparse),
        "dcn-v2-stacked": ranker_case(74, 2, DcnV2(2, 0, "STACKED", (4, 3), True)),
        "dcn-v2-parallel-low-rank": ranker_case(75, 1, DcnV2(3, 2, "PARALLEL", (4,), False)),
        "dlrm-mlp": ranker_case(76, 2, DlrmMlp((5, 3), True)),
    }
