"""
Greedy texts by `transformers.generate`, and how sure float64 is of a token.

    python scripts/real/referee/greedy.py MODEL.gguf TASK.json RESULT.json

TASK.json is {"prompts": [text], "tokens": n}: RESULT.json is {"ends": ids, "texts": [{"prompt": ids, "greedy":
ids}], "ties": [[place, second best token] where the two best logits are within 1e-3]}, in float32, an end of text included. Prompts of a model with a chat template are put into it. Or TASK.json is {"margins": [ids]}: RESULT.json is
a list of the gap between the two best logits of the next token in float64, and their ids.
"""

import json
import sys
from pathlib import Path

import torch
from models import exact, load, tokenizer

BATCH = 10


def prompt_ids(tok, text):
    if tok.chat_template is None:
        return tok(text)["input_ids"]
    messages = [{"role": "user", "content": text}]
    return tok.apply_chat_template(messages, add_generation_prompt=True, tokenize=True, return_dict=False)


def texts(path, prompts, tokens):
    tok, model = tokenizer(path), load(path, torch.float32)
    ends = model.generation_config.eos_token_id
    ends = set(ends if isinstance(ends, list) else [ends])
    ids = [prompt_ids(tok, text) for text in prompts]
    pad = tok.pad_token_id if tok.pad_token_id is not None else 0
    found, ties = [], []
    for first in range(0, len(ids), BATCH):
        part = ids[first : first + BATCH]
        width = max(map(len, part))
        rows = torch.tensor([[pad] * (width - len(row)) + row for row in part])
        mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in part])
        with torch.no_grad():
            made = model.generate(
                rows,
                attention_mask=mask,
                max_new_tokens=tokens,
                do_sample=False,
                eos_token_id=list(ends),
                pad_token_id=pad,
                output_logits=True,
                return_dict_in_generate=True,
            )
        best = [step.topk(2) for step in made.logits]
        values = torch.stack([step.values for step in best], 1)
        close = (values[..., 0] - values[..., 1] < 1e-3).tolist()
        seconds = torch.stack([step.indices[:, 1] for step in best], 1).tolist()
        for row, out, near, second in zip(part, made.sequences.tolist(), close, seconds):
            greedy = out[width:]
            end = next((i for i, token in enumerate(greedy) if token in ends), len(greedy) - 1)
            found.append({"prompt": row, "greedy": greedy[: end + 1]})
            ties.append([[i, second[i]] for i, is_near in enumerate(near[: end + 1]) if is_near])
        print(f"{len(found)} of {len(ids)}", flush=True)
    return {"ends": sorted(ends), "texts": found, "ties": ties}


def margins(path, prefixes):
    model = load(path, torch.float64)
    found = []
    with exact(), torch.no_grad():
        for ids in prefixes:
            best = model(input_ids=torch.tensor([ids])).logits[0, -1].topk(2)
            found.append({"gap": (best.values[0] - best.values[1]).item(), "ids": best.indices.tolist()})
    return found


task = json.loads(Path(sys.argv[2]).read_text())
if "margins" in task:
    result = margins(sys.argv[1], task["margins"])
else:
    result = texts(sys.argv[1], task["prompts"], task["tokens"])
Path(sys.argv[3]).write_text(json.dumps(result))
