"""Compares the losses of this project and of TRL with float64 autograd, on the golden cases.

    python scripts/referee/trl_loss.py            (needs torch and trl; run in the repository root)

TRL's number is what `GRPOTrainer._compute_loss` answers, the method of the installed package, on a trainer made without
a dataset or a process group, in float32 and again in float64. The model behind it is the referee's own, so that the
three sides differ in nothing but the loss and the arithmetic. Ours is `npm run verify`. Prints a Markdown table.
"""

import collections
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import types

import torch
import trl
from trl import GRPOTrainer

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "golden"))
from golden_model import Model, peft_name, read_safetensors  # noqa: E402

GOLDEN = os.path.join("tests", "golden")


class OneProcess:
    """What the loss asks of accelerate, for one process."""

    num_processes, process_index, device = 1, 0, torch.device("cpu")
    is_main_process = sync_gradients = True

    def pad_across_processes(self, tensor, **_):
        return tensor

    def gather(self, tensor):
        return tensor

    def reduce(self, tensor, **_):
        return tensor

    def autocast(self):
        return contextlib.nullcontext()


class Policy(torch.nn.Module):
    """The referee's model behind TRL's call: log-probs and entropies of the completion, padded as TRL pads."""

    def __init__(self, model, batch, layout):
        super().__init__()
        self.referee, self.batch, self.layout = model, batch, layout

    def forward(self, **_):
        rows, width = len(self.batch["sequences"]), self.layout["prompts"] + self.layout["completions"]
        dtype = next(iter(self.referee.adapter.values())).dtype
        logps, entropies = (torch.zeros(rows, width, dtype=dtype) for _ in range(2))
        for i, s in enumerate(self.batch["sequences"]):
            start = self.layout["starts"][i]
            logp, entropy = self.referee.scores(s["input_ids"], self.batch["temperature"])
            span = slice(self.layout["prompts"], self.layout["prompts"] + len(s["input_ids"]) - start)
            logps[i, span], entropies[i, span] = logp[start - 1 :], entropy[start - 1 :]
        return types.SimpleNamespace(log_probs=logps, entropy=entropies)


def padded(rows, starts, width, dtype, side="right"):
    """Per row what lies from its start on, or before it, padded with zeros."""
    out = torch.zeros(len(rows), width, dtype=dtype)
    for i, (row, start) in enumerate(zip(rows, starts)):
        part = row[start:] if side == "right" else row[:start]
        if side == "right":
            out[i, : len(part)] = torch.tensor(part, dtype=dtype)
        else:
            out[i, width - len(part) :] = torch.tensor(part, dtype=dtype)
    return out


def trl_loss(folder, batch, expected, dtype):
    """(loss, {adapter tensor: gradient}) by TRL's own method."""
    model = Model.read(folder, dtype)
    sequences = batch["sequences"]
    ids = [s["input_ids"] for s in sequences]
    # TRL's completion begins with the first sampled token; what follows that is not sampled is its tool_mask.
    starts = [s["loss_mask"].index(1) for s in sequences]
    layout = {
        "starts": starts,
        "prompts": max(starts),
        "completions": max(len(row) - start for row, start in zip(ids, starts)),
    }
    prompts, completions = layout["prompts"], layout["completions"]
    masks = [s["loss_mask"] for s in sequences]
    ones = [[1] * len(row) for row in ids]
    inputs = {
        "prompt_ids": padded(ids, starts, prompts, torch.long, "left"),
        "prompt_mask": padded(ones, starts, prompts, torch.long, "left"),
        "completion_ids": padded(ids, starts, completions, torch.long),
        "completion_mask": padded(ones, starts, completions, torch.long),
        "tool_mask": padded(masks, starts, completions, torch.long),
        "advantages": torch.tensor([s["advantage"] for s in sequences], dtype=dtype),
        "old_per_token_logps": padded([s["old_logprobs"] for s in sequences], starts, completions, dtype),
        "ref_per_token_logps": padded(expected["ref_logprobs"], starts, completions, dtype),
        "num_items_in_batch": torch.tensor(float(sum(map(sum, masks)))),
    }
    trainer = object.__new__(GRPOTrainer)
    trainer.__dict__.update(
        accelerator=OneProcess(),
        model=Policy(model, batch, layout).train(),
        args=types.SimpleNamespace(
            delta=batch.get("delta") or None,
            use_bias_correction_kl=False,
            sapo_temperature_pos=batch.get("sapo_temperature_pos", 1.0),
            sapo_temperature_neg=batch.get("sapo_temperature_neg", 1.05),
            steps_per_generation=1,
            report_to=[],
        ),
        loss_type=batch["loss_type"],
        importance_sampling_level=batch.get("importance_sampling_level", "token"),
        top_entropy_quantile=batch.get("top_entropy_quantile", 1.0),
        beta=batch["beta"],
        epsilon_low=batch["epsilon_low"],
        epsilon_high=batch["epsilon_high"],
        max_completion_length=batch["max_completion_length"],
        entropy_coef=batch.get("entropy_coef", 0.0),
        _entropy_bonus_enabled=batch.get("entropy_coef", 0.0) != 0,
        use_adaptive_entropy=False,
        off_policy_mask_threshold=None,
        use_vllm=False,
        aux_loss_enabled=False,
        current_gradient_accumulation_steps=1,
        _metrics={"train": collections.defaultdict(list)},
    )
    loss = trainer._compute_loss(trainer.model, inputs)
    loss.backward()
    return loss.item(), {peft_name(name): tensor.grad for name, tensor in model.adapter.items()}


def our_loss(folder):
    with tempfile.TemporaryDirectory() as out:
        command = ["npm", "run", "-s", "verify", "--", "--out", out]
        for name, path in (("model", "model"), ("adapter", "adapter"), ("batch", "batch.json")):
            command += [f"--{name}", os.path.join(folder, path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(os.path.join(out, "result.json")) as file:
            loss = json.load(file)["loss"]
        return loss, read_safetensors(os.path.join(out, "grads.safetensors"))


def error(found, wanted):
    """‖found − wanted‖ / ‖wanted‖ over all tensors."""
    gap = sum((found[name].double() - g.double()).pow(2).sum() for name, g in wanted.items())
    return (gap / sum(g.double().pow(2).sum() for g in wanted.values())).sqrt().item()


def describe(batch):
    names = ("loss_type", "importance_sampling_level", "delta", "top_entropy_quantile", "entropy_coef", "beta")
    return ", ".join(f"{name} {batch[name]}" for name in names if batch.get(name))


def main():
    print(f"TRL {trl.__version__}, PyTorch {torch.__version__}\n")
    print("| Case | Options | Loss | Ours | TRL f32 | TRL f64 | ∇ ours | ∇ TRL f32 | ∇ TRL f64 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in sorted(os.listdir(GOLDEN)):
        folder = os.path.join(GOLDEN, name)
        if not os.path.isdir(folder):
            continue
        with open(os.path.join(folder, "batch.json")) as file:
            batch = json.load(file)
        with open(os.path.join(folder, "expected.json")) as file:
            expected = json.load(file)
        wanted = read_safetensors(os.path.join(folder, "expected_grads.safetensors"))
        knows = batch["loss_type"] != "supervised" and batch.get("importance_sampling_level") != "turn"
        sides = [our_loss(folder)]
        sides += [trl_loss(folder, batch, expected, dtype) if knows else None for dtype in (torch.float32, torch.float64)]
        losses = [f"{s[0] - expected['loss']:.1e}" if s else "none" for s in sides]
        gradients = [f"{error(s[1], wanted):.1e}" if s else "none" for s in sides]
        cells = [f"`{name}`", describe(batch), f"{expected['loss']:.6g}", *losses, *gradients]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
