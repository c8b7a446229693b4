"""Log-probs and greedy tokens of exported files by the programs they are made for: llama.cpp, transformers, PEFT.

    python scripts/real/referee/exports.py TASK.json RESULT.json

TASK.json: {"items": [{"name", "kind": "gguf|gguf-q8_0|gguf-adapter|safetensors|peft", "path", "base"}], "sequences":
[[ids]], "prompt": [ids], "tokens": n}. RESULT.json: {name: {"logprobs": [[…]], "greedy": [ids]}}; of gguf-q8_0, whose base
is the same model in float32, also the share of its 8-bit blocks that are not as the gguf package makes them. Needs PyPI
torch, transformers, peft, gguf and llama-cpp-python.
"""

import json
import sys
from pathlib import Path

import numpy as np


def log_softmax(rows):
    top = rows.max(axis=-1, keepdims=True)
    return rows - top - np.log(np.exp(rows - top).sum(axis=-1, keepdims=True))


def by_llama(item, sequences, prompt, tokens):
    from llama_cpp import Llama

    adapter = item["path"] if item["kind"] == "gguf-adapter" else None
    llama = Llama(
        model_path=item["base"] if adapter else item["path"],
        lora_path=adapter,
        n_ctx=512,
        n_batch=512,
        n_threads=2,
        logits_all=True,
        flash_attn=False,
        type_k=0,
        type_v=0,
        verbose=False,
    )

    def scores(ids):
        llama.reset()
        llama.eval(ids)
        return log_softmax(np.array(llama.scores[: len(ids)], dtype=np.float64))

    logprobs = []
    for ids in sequences:
        rows = scores(ids)
        logprobs.append([0.0] + [float(rows[t, ids[t + 1]]) for t in range(len(ids) - 1)])
    greedy = list(prompt)
    llama.reset()
    llama.eval(prompt)
    for _ in range(tokens):
        best = int(np.argmax(llama.scores[len(greedy) - 1]))
        greedy.append(best)
        llama.eval([best])
    return {"logprobs": logprobs, "greedy": greedy[len(prompt) :]}


def by_transformers(item, sequences, prompt, tokens):
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(2)
    if item["kind"] == "peft":
        from peft import PeftModel

        base = AutoModelForCausalLM.from_pretrained(item["base"], dtype=torch.float64)
        model = PeftModel.from_pretrained(base, item["path"]).double()
    else:
        model = AutoModelForCausalLM.from_pretrained(item["path"], dtype=torch.float64)
    model.eval()
    with torch.no_grad():
        logprobs = []
        for ids in sequences:
            rows = model(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
            logprobs.append([0.0] + [rows[t, ids[t + 1]].item() for t in range(len(ids) - 1)])
        greedy = list(prompt)
        for _ in range(tokens):
            greedy.append(int(model(input_ids=torch.tensor([greedy])).logits[0, -1].argmax()))
    return {"logprobs": logprobs, "greedy": greedy[len(prompt) :]}


def unlike(path, base):
    """Share of the 8-bit blocks of a file that differ from those that gguf's `quantize` makes of a float32 file."""
    from gguf import GGMLQuantizationType, GGUFReader, quantize

    whole = {tensor.name: tensor for tensor in GGUFReader(base).tensors}
    blocks, others = 0, 0
    for tensor in GGUFReader(path).tensors:
        if tensor.tensor_type != GGMLQuantizationType.Q8_0:
            continue
        own = np.array(tensor.data).reshape(-1, 34)
        wanted = quantize(np.array(whole[tensor.name].data), GGMLQuantizationType.Q8_0).reshape(-1, 34)
        blocks += len(own)
        others += int((own != wanted).any(axis=1).sum())
    if blocks == 0:
        raise ValueError("no tensor has 8 bits")
    return others / blocks


task = json.loads(Path(sys.argv[1]).read_text())
results = {}
for item in task["items"]:
    judge = by_llama if item["kind"].startswith("gguf") else by_transformers
    try:
        results[item["name"]] = judge(item, task["sequences"], task["prompt"], task["tokens"])
        if item["kind"] == "gguf-q8_0":
            results[item["name"]]["blocks"] = unlike(item["path"], item["base"])
    except Exception as error:  # one program's refusal is a result too
        results[item["name"]] = {"error": f"{type(error).__name__}: {error}"}
Path(sys.argv[2]).write_text(json.dumps(results))
