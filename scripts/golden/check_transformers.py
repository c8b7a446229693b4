"""The golden cases of make_golden.py against transformers and PEFT themselves, in float64 (tests/golden/README.md).

    python scripts/golden/check_transformers.py tests/golden [NAME …]

Needs torch, transformers, peft and safetensors. transformers computes norms and rotary angles in float32 whatever the
type of the weights, so numbers agree to some 1e-6, not to the last digit.
"""

import json
import os
import sys

import torch
from golden_model import read_safetensors
from make_golden import grpo_loss, supervised_loss
from peft import PeftModel
from transformers import AutoModelForCausalLM


def check(folder):
    with open(os.path.join(folder, "batch.json")) as file:
        batch = json.load(file)
    with open(os.path.join(folder, "expected.json")) as file:
        expected = json.load(file)
    base = AutoModelForCausalLM.from_pretrained(
        os.path.join(folder, "model"), dtype=torch.float64, attn_implementation="sdpa"
    )
    model = PeftModel.from_pretrained(base, os.path.join(folder, "adapter"), is_trainable=True)
    model.eval()

    def scores(ids):
        ids = torch.tensor(ids)
        logits = model(input_ids=ids[None]).logits[0, :-1] / batch["temperature"]
        logp = logits.log_softmax(-1)
        zero = torch.zeros(1, dtype=torch.float64)
        own = logp[torch.arange(len(ids) - 1), ids[1:]]
        return torch.cat([zero, own]), torch.cat([zero, -(logp.exp() * logp).sum(-1)])

    logps, entropies = zip(*(scores(s["input_ids"]) for s in batch["sequences"]))
    with torch.no_grad(), model.disable_adapter():
        refs = [scores(s["input_ids"])[0] for s in batch["sequences"]]
    if batch["loss_type"] == "supervised":
        loss = supervised_loss(batch, logps)
    else:
        loss, _ = grpo_loss(batch, logps, refs, entropies)
    loss.backward()
    far = max((own - torch.tensor(wanted)).abs().max().item() for own, wanted in zip(logps, expected["logprobs"]))
    wanted = read_safetensors(os.path.join(folder, "expected_grads.safetensors"))
    found = {n.replace(".default", ""): p.grad for n, p in model.named_parameters() if "lora_" in n}
    assert found.keys() == wanted.keys(), "the adapters have other tensors"
    worst = max(((found[n] - g).norm() / g.norm()).item() for n, g in wanted.items())
    loss_far = abs(loss.item() / expected["loss"] - 1)
    texts = os.path.join(folder, "greedy.json")
    for text in json.load(open(texts)) if os.path.exists(texts) else []:
        start, count = len(text["prompt"]), len(text["ids"])
        given = torch.tensor([text["prompt"]])
        model.generation_config.eos_token_id = None
        seen = torch.ones_like(given)
        out = model.generate(input_ids=given, attention_mask=seen, max_new_tokens=count, do_sample=False, pad_token_id=0)
        assert out[0, start:].tolist() == text["ids"], "greedy texts differ"
    print(f"{os.path.basename(folder)}: log-probs {far:.1e}, loss {loss_far:.1e}, gradients {worst:.1e}")
    return far < 1e-5 and loss_far < 1e-5 and worst < 1e-4


if __name__ == "__main__":
    out, *names = sys.argv[1:]
    names = names or sorted(n for n in os.listdir(out) if os.path.isdir(os.path.join(out, n)))
    sys.exit(0 if all([check(os.path.join(out, name)) for name in names]) else 1)
