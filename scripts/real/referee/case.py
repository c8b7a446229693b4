"""
A GRPO case on real weights by transformers and PEFT in float64, and how far PyTorch's own float32 is from it.

    python scripts/real/referee/case.py MODEL.gguf OUT [--seed N] [--adapter DIR] [--plain]

Writes OUT/adapter, OUT/batch.json, OUT/expected.json, OUT/expected_grads.safetensors (the files of `npm run verify` and
of tests/golden) and OUT/torch.json: the largest gap of log-probs of PyTorch in float32, the loss's, and every gradient's. Needs torch, transformers, peft and gguf.
"""

import argparse
import json
from pathlib import Path

import torch
from models import exact, load, tokenizer
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

SYSTEM = "You answer questions about a mailbox with the tools search_emails, read_email and return_final_answer."
QUESTION = "When does the repair of the lift in the east wing start?"
MAIL = "The repair of the lift in the east wing starts on 14 March and takes six days."
ANSWERS = ["14 March", "I don't know"]
REWARDS = [1.0, -0.4]
BETA, LOW, HIGH = 0.04, 0.2, 0.28
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


class Turns:
    """Token ids of a conversation in the model's own marks; which of them were sampled."""

    def __init__(self, tok):
        known = tok.get_vocab()
        gemma = "<start_of_turn>" in known
        self.begin, self.end = ("<start_of_turn>", "<end_of_turn>") if gemma else ("<|im_start|>", "<|im_end|>")
        self.roles = {"assistant": "model", "system": "user"} if gemma else {}
        self.encode = lambda text: tok.encode(text, add_special_tokens=False)
        self.ids = [tok.bos_token_id] if gemma else []
        self.mask = [0] * len(self.ids)

    def given(self, role, text):
        self.add(f"{self.begin}{self.roles.get(role, role)}\n{text}{self.end}\n", 0)

    def sampled(self, text):
        self.add(f"{self.begin}{self.roles.get('assistant', 'assistant')}\n", 0)
        self.add(text + self.end, 1)
        self.add("\n", 0)

    def add(self, text, sampled):
        ids = self.encode(text)
        self.ids += ids
        self.mask += [sampled] * len(ids)


def call(name, **arguments):
    return "<tool_call>\n" + json.dumps({"name": name, "arguments": arguments}) + "\n</tool_call>"


def sequences(tok):
    """One group, whose rollouts share the prompt and the first turn but not its result."""
    found = []
    for answer in ANSWERS:
        turns = Turns(tok)
        turns.given("system", SYSTEM)
        turns.given("user", QUESTION)
        turns.sampled(call("search_emails", keywords=["lift", "repair"]))
        result = json.dumps([{"message_id": "<1@x>", "snippet": MAIL if answer == ANSWERS[0] else ""}])
        turns.given("user", f"<tool_response>\n{result}\n</tool_response>")
        turns.sampled(call("return_final_answer", answer=answer, source_message_ids=["<1@x>"]))
        found.append((0, turns.ids, turns.mask))
    return found


def advantages():
    rewards = torch.tensor(REWARDS, dtype=torch.float64)
    return ((rewards - rewards.mean()) / (rewards.std(unbiased=False) + 1e-4)).tolist()


def logprobs(model, ids):
    rows = model(input_ids=torch.tensor([ids])).logits[0, :-1].log_softmax(-1)
    return rows[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]


def pass_over(model, cases, adv, count, given=None):
    """
    Log-probs, those of the bare model, loss, k3 KL, clipped tokens and gradients.
    given: a pass before, whose old log-probs count; else they are made. References are of the pass itself, as in training.
    """
    model.zero_grad()
    with torch.no_grad(), model.disable_adapter():
        refs = [logprobs(model, ids) for _, ids, _ in cases]
    made, scored, total, kl_total, clipped = [], [], 0.0, 0.0, 0.0
    for i, (_, ids, mask) in enumerate(cases):
        print(f"sequence {i + 1} of {len(cases)}, {len(ids)} tokens", flush=True)
        lp = logprobs(model, ids)
        old = made_old(lp) if given is None else given["olds"][i]
        trained = torch.tensor(mask[1:]).to(lp.dtype)
        ratio = (lp - old.to(lp.dtype)).exp()
        plain, cut = ratio * adv[i], ratio.clamp(1 - LOW, 1 + HIGH) * adv[i]
        gap = refs[i].to(lp.dtype) - lp
        kl = gap.exp() - gap - 1
        loss = ((-torch.min(plain, cut) + BETA * kl) * trained).sum() / count
        loss.backward()
        total += loss.item()
        kl_total += (kl.detach() * trained).sum().item()
        clipped += ((plain > cut).to(lp.dtype) * trained).sum().item()
        scored.append(lp.detach().double())
        made.append(old)
    grads = {
        name.replace(".default", ""): p.grad.double().clone()
        for name, p in model.named_parameters()
        if "lora_" in name
    }
    return {
        "logprobs": scored,
        "refs": [r.double() for r in refs],
        "olds": made,
        "loss": total,
        "kl": kl_total / count,
        "clip_fraction": clipped / count,
        "grads": grads,
    }


def made_old(lp):
    noise = 0.25 * torch.randn(len(lp), dtype=torch.float64)
    return (lp.detach().double() + noise).clamp(max=0).float().double()


def gaps(found, true):
    """How far a pass is from another; of gradients the distance over the norm, by tensor and of all together."""
    by_name, far, size = {}, 0.0, 0.0
    off = torch.cat([(a - b).abs() for key in ("logprobs", "refs") for a, b in zip(found[key], true[key])])
    for name, grad in true["grads"].items():
        distance, norm = (found["grads"][name] - grad).norm().item(), grad.norm().item()
        by_name[name] = distance / max(norm, 1e-30)
        far += distance**2
        size += norm**2
    return {
        "logprob": off.max().item(),
        "logprob_mean": off.mean().item(),
        "loss": abs(found["loss"] - true["loss"]) / abs(true["loss"]),
        "gradient": (far / size) ** 0.5,
        "gradient_worst": max(by_name.values()),
        "gradients": by_name,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--adapter", type=Path, help="a PEFT folder; else PEFT makes a random one")
    parser.add_argument("--plain", action="store_true", help="also transformers' own float64, see models.exact")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    cases, adv = sequences(tokenizer(args.model)), advantages()
    count = sum(sum(mask[1:]) for _, _, mask in cases)
    base = load(args.model, torch.float64)
    model = random_adapter(base) if args.adapter is None else PeftModel.from_pretrained(
        base, args.adapter, is_trainable=True
    ).double()
    with exact():
        true = pass_over(model, cases, adv, count)
    found = {}
    if args.plain:
        found["float64"] = gaps(pass_over(model, cases, adv, count, true), true)
    if args.adapter is None:
        save_adapter(model, args.out / "adapter")
    write_case(args.out, cases, adv, true, count)
    # Weights and adapter are float32's numbers, which the way to float64 and back leaves as they are.
    single = model.float()
    found["float32"] = gaps(pass_over(single, cases, adv, count, true), true)
    (args.out / "torch.json").write_text(json.dumps(found))
    for name, gap in found.items():
        print(name, {key: value for key, value in gap.items() if key != "gradients"})


def random_adapter(base):
    model = get_peft_model(base, LoraConfig(r=8, lora_alpha=16, target_modules=TARGETS, task_type="CAUSAL_LM"))
    for name, p in model.named_parameters():
        if "lora_" in name:
            size = 0.02 if "lora_B" in name else p.shape[1] ** -0.5
            p.data = (torch.randn(p.shape) * size).double()
    return model


def save_adapter(model, folder):
    """As PEFT writes it, in float32: its numbers were drawn as such."""
    model.save_pretrained(folder)
    weights = load_file(folder / "adapter_model.safetensors")
    save_file({name: w.float() for name, w in weights.items()}, folder / "adapter_model.safetensors", {"format": "pt"})
    (folder / "README.md").unlink(missing_ok=True)


def write_case(out, cases, adv, true, count):
    batch = {
        "loss_type": "dapo",
        "beta": BETA,
        "epsilon_low": LOW,
        "epsilon_high": HIGH,
        "temperature": 1.0,
        "max_completion_length": 64,
        "sequences": [
            {"group": group, "input_ids": ids, "loss_mask": mask, "advantage": a, "old_logprobs": [0.0] + old.tolist()}
            for (group, ids, mask), a, old in zip(cases, adv, true["olds"])
        ],
    }
    (out / "batch.json").write_text(json.dumps(batch))
    expected = {
        "loss": true["loss"],
        "kl": true["kl"],
        "clip_fraction": true["clip_fraction"],
        "trainable_tokens": count,
        "total_tokens": sum(len(ids) for _, ids, _ in cases),
        "logprobs": [[0.0] + row.tolist() for row in true["logprobs"]],
        "ref_logprobs": [[0.0] + row.tolist() for row in true["refs"]],
    }
    (out / "expected.json").write_text(json.dumps(expected))
    # float64: as float32 they would be off by half of what is measured.
    save_file(true["grads"], out / "expected_grads.safetensors", {"format": "pt"})


if __name__ == "__main__":
    main()
