# SPDX-License-Identifier: Apache-2.0
"""Opens the files of weights that the Java tests wrote, as a Python user would:

    python check_weights.py ../../../target/golden        # needs `pip install safetensors`

`movies.safetensors` (by DenseFileTest): names, shapes and metadata; saved again with safetensors, and in half precision.
`movies-embedded.pt` (by EmbeddedArchiveTest): `torch.jit.load` opens it, and `forward` gives the scores that the Java Scorer
gave, which are in `movies-embedded.json` with the inputs by name.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

# Of chances, in float32; the sums may be in another order.
TOLERANCE = 1e-6
TYPES = {"float": torch.float32, "int": torch.int32}


def check_safetensors(path: Path) -> None:
    with safe_open(path, framework="pt") as file:
        metadata, names = file.metadata(), list(file.keys())
    weights = load_file(path)
    assert metadata["freshet.pipeline"] == "movies" and len(metadata["freshet.fingerprint"]) == 32, metadata
    assert weights["block.0.mix_ffn.gate_up"].shape == (4, 256, 64), weights["block.0.mix_ffn.gate_up"].shape
    assert weights["prior"].shape == (1,) and set(weights) == set(names)
    assert all(tensor.dtype == torch.float32 and tensor.isfinite().all() for tensor in weights.values())
    assert weights["block.0.mix_ffn.gate_up"].std() > 0.01
    with tempfile.TemporaryDirectory() as folder:
        save_file(weights, Path(folder) / "again.safetensors", metadata)
        again = load_file(Path(folder) / "again.safetensors")
        assert all(torch.equal(weights[name], again[name]) for name in weights)
    print(f"{path.name}: {len(weights)} tensors, {sum(tensor.numel() for tensor in weights.values())} weights, {metadata}")


def check_embedded(path: Path, said: dict) -> None:
    extra = {"freshet.json": ""}
    ranker = torch.jit.load(path, _extra_files=extra)
    about = json.loads(extra["freshet.json"])
    names = [argument.name for argument in ranker.forward.schema.arguments][1:]
    assert names == about["inputs"], (names, about)
    inputs = [
        torch.tensor(value["data"], dtype=TYPES[value["type"]]).reshape(value["shape"])
        for value in (said["inputs"][name] for name in names)
    ]
    for _ in range(3):  # TorchScript rewrites a method after it has seen its first runs.
        with torch.no_grad():
            chances = torch.sigmoid(ranker(*inputs)).reshape(-1)
        difference = (chances - torch.tensor(said["probabilities"])).abs().max().item()
        assert difference <= TOLERANCE, difference
    print(f"{path.name}: {len(chances)} chances differ from the Java Scorer's by {difference:.1e} at most; {about['metadata']}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    golden = Path(sys.argv[1])
    check_safetensors(golden / "movies.safetensors")
    check_embedded(golden / "movies-embedded.pt", json.loads((golden / "movies-embedded.json").read_text()))
