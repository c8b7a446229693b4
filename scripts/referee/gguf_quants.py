"""Records what Python's `gguf` reads out of blocks of every number format, for the project's own reader.

    python scripts/referee/gguf_quants.py         (needs gguf; run in the repository root)

Blocks are random bytes, so every bit of a layout counts; the binary16 scales in them are drawn from sizes as models have
them. Writes tests/fixtures/gguf/quants.json: per format its number, the blocks and the float32 numbers, in base64.
"""

import base64
import json
import os

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

OUT = os.path.join("tests", "fixtures", "gguf", "quants.json")
BLOCKS = 4

# Bytes of a block at which binary16 scales lie.
HALVES = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q2_K": [80, 82],
    "Q3_K": [108],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
}


def main():
    random = np.random.default_rng(1)
    recorded = {}
    for name in ["F32", "F16", "BF16", *HALVES]:
        kind = GGMLQuantizationType[name]
        numbers, size = GGML_QUANT_SIZES[kind]
        if name in HALVES:
            blocks = random.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
            for at in HALVES[name]:
                scales = (random.standard_normal(BLOCKS) * 0.01).astype(np.float16)
                blocks[:, at : at + 2] = scales.view(np.uint8).reshape(BLOCKS, 2)
        else:
            values = (random.standard_normal(32) * 10.0 ** random.integers(-6, 3, 32)).astype(np.float32)
            if name == "BF16":
                blocks = (values.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
            else:
                blocks = values.astype(np.float16 if name == "F16" else np.float32).view(np.uint8)
        found = dequantize(blocks.reshape(1, -1), kind).astype(np.float32).reshape(-1)
        recorded[name] = {
            "type": int(kind),
            "blocks": base64.b64encode(blocks.tobytes()).decode(),
            "values": base64.b64encode(found.tobytes()).decode(),
        }
    os.makedirs(os.path.dirname(OUT), exist_ok=True)
    with open(OUT, "w") as file:
        json.dump(recorded, file, indent=1)
        file.write("\n")
    print(OUT, os.path.getsize(OUT), "bytes")


if __name__ == "__main__":
    main()
