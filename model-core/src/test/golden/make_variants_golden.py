# SPDX-License-Identifier: Apache-2.0
"""The golden cases of variants.py; make_golden.py writes them with its own."""

from dataclasses import asdict, replace

import golden_cases as golden
import variants
from tokenmixer_large import Feature, Model, Table
from variants import Variant

PLAIN = Variant(4, 1, 2, 1, False, "TWO_SUBLAYERS", 0, 0.0)
EQUATIONS = replace(PLAIN, block="EQUATIONS", norm_place="AFTER_MIXING")

# Two groups, so that a token can be missing and still some mixing be left; a number among the features.
TABLES = (Table("item", 2), Table("user", 1))
FEATURES = (
    Feature("item", "item", "item", "mean"),
    Feature("user", "user", "user", "mean"),
    Feature("age", "user"),
)
IDS = {"item": [42, 7, 5], "user": [3, -1]}
BAGS = {"item": [[42, 7], [5], []], "user": [[3], [-1], [3]]}


def block_case(seed: int, ranker: Variant, tokens: int = 2) -> dict:
    shapes = variants.block_shapes("block.0", tokens, ranker)
    function = lambda i, w: variants.block(i["x"], w, "block.0", ranker)
    config = asdict(ranker) | {"tokens": tokens}
    return golden.layer_case("block", seed, config, {"x": (2, tokens, ranker.width)}, shapes, function)


def block_cases() -> dict[str, dict]:
    cases, seed = {}, 100
    for form, plain in (("equations", EQUATIONS), ("two-sublayers", PLAIN)):
        for place in ("BEFORE_MIXING", "AFTER_MIXING", "POST"):
            for kind in ("RMS", "LAYER"):
                seed += 1
                name = f"block-{form}-{place.lower().replace('_', '-')}-{kind.lower()}"
                cases[name] = block_case(seed, replace(plain, norm_place=place, norm=kind))
        for name, ranker in (
            ("per-token-ffn", replace(plain, ffn="PER_TOKEN_FFN")),
            ("shared-swiglu", replace(plain, ffn="SHARED_SWIGLU", expansion=2)),
            ("no-mixing", replace(plain, mixing=False)),
            ("no-residual", replace(plain, residual=False)),
        ):
            seed += 1
            cases[f"block-{form}-{name}"] = block_case(seed, ranker, tokens=3 if name == "no-mixing" else 2)
    return cases


def ranker_case(seed: int, ranker: Variant, tasks: int = 1) -> dict:
    model = Model(TABLES, FEATURES, ("click", "buy")[:tasks], ranker)
    config = golden.features_config(model) | {"ranker": asdict(ranker)}
    return golden.ranker_case(seed, variants, model, config, (IDS, BAGS), golden.predictions)


def cases() -> dict[str, dict]:
    two = replace(PLAIN, layers=2)
    post = replace(PLAIN, layers=4, norm="LAYER", norm_place="POST", residual_interval=2, final_norm=False)
    return block_cases() | {
        "tokens-global-tokens": ranker_case(141, replace(PLAIN, global_token="TOKENS")),
        "tokens-global-learned": ranker_case(142, replace(PLAIN, global_token="LEARNED")),
        "tokens-global-none": ranker_case(143, replace(PLAIN, global_token="NONE", wide=True)),
        "tokens-one-layer": ranker_case(144, replace(PLAIN, token_layers=1)),
        "tokens-three-layers": ranker_case(145, replace(PLAIN, token_layers=3, global_token="TOKENS")),
        "readout-global-token": ranker_case(146, replace(PLAIN, readout="GLOBAL_TOKEN")),
        "readout-no-final-norm": ranker_case(147, replace(PLAIN, readout="GLOBAL_TOKEN", final_norm=False), 2),
        "readout-layer-norm": ranker_case(148, replace(EQUATIONS, norm="LAYER")),
        "auxiliary-combined-logit": ranker_case(
            149, replace(two, auxiliary_loss=0.25, auxiliary_form="COMBINED_LOGIT", wide=True), 2
        ),
        "ablation-post-norm": ranker_case(150, post),
        "ablation-bare": ranker_case(151, replace(two, mixing=False, residual=False, ffn="PER_TOKEN_FFN")),
    }
