"""Expected values of the adapter cases in tests/cases: what PEFT makes of each adapter, in float64.

    python scripts/golden/peft_cases.py tests/cases/NN-NAME/FOLDER...
    python scripts/golden/peft_cases.py --mixed tests/cases/NN-NAME/FOLDER

The second writes an adapter with many ranks and scales first, random in A and B. Needs PyPI torch, transformers, peft and safetensors. Each folder holds an adapter for public/models/mailgym-tiny as PEFT
writes it; batch.json, expected.json and expected_grads.safetensors of the verify command go beside it. PEFT itself reads
adapter_config.json, so ranks, scales and targets are its own.
"""

import json
import random
import sys
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

MODEL = Path(__file__).parents[2] / "public/models/mailgym-tiny"
EPSILON_LOW, EPSILON_HIGH, BETA = 0.2, 0.28, 0.04


def sequences(rng: random.Random):
    """Two groups of two that share their beginning; in the middle tokens that are not trained."""
    for group in range(2):
        prompt = [rng.randrange(16, 1400) for _ in range(7)]
        for _ in range(2):
            turns = [[rng.randrange(16, 1400) for _ in range(5)] for _ in range(3)]
            ids = prompt + [i for turn in turns for i in turn]
            yield group, ids, [0] * 7 + [1] * 5 + [0] * 5 + [1] * 5


def make(folder: Path) -> None:
    torch.manual_seed(1)
    rng = random.Random(f"{folder.parent.name}/{folder.name}")
    base = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float64)
    model = PeftModel.from_pretrained(base, folder, is_trainable=True).double()

    def logprobs(ids):
        logits = model(input_ids=torch.tensor([ids])).logits[0, :-1]
        return logits.log_softmax(-1)[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]

    rows = list(sequences(rng))
    advantages = [1.0, -0.7, 0.4, -1.3]
    with torch.no_grad(), model.disable_adapter():
        reference = [logprobs(ids) for _, ids, _ in rows]
    trained = sum(sum(mask) for _, _, mask in rows)
    loss = kl = clipped = 0.0
    out = {"logprobs": [], "ref_logprobs": []}
    batch = {
        "loss_type": "dapo",
        "beta": BETA,
        "epsilon_low": EPSILON_LOW,
        "epsilon_high": EPSILON_HIGH,
        "temperature": 1,
        "max_completion_length": 32,
        "sequences": [],
    }
    for (group, ids, mask), advantage, ref in zip(rows, advantages, reference):
        now = logprobs(ids)
        noise = torch.tensor([rng.gauss(0, 0.3) for _ in now]).double()
        old = (now.detach() + noise).clamp(max=0).float().double()
        weight = torch.tensor(mask[1:]).double()
        ratio = (now - old).exp()
        free, bounded = ratio * advantage, ratio.clamp(1 - EPSILON_LOW, 1 + EPSILON_HIGH) * advantage
        gap = (ref - now).exp() - (ref - now) - 1
        part = ((-torch.min(free, bounded) + BETA * gap) * weight).sum() / trained
        part.backward()
        loss += part.item()
        kl += (gap.detach() * weight).sum().item() / trained
        clipped += ((free > bounded).double() * weight).sum().item() / trained
        out["logprobs"].append([0.0, *now.tolist()])
        out["ref_logprobs"].append([0.0, *ref.tolist()])
        batch["sequences"].append(
            {
                "group": group,
                "input_ids": ids,
                "loss_mask": mask,
                "advantage": advantage,
                "old_logprobs": [0.0, *old.tolist()],
            }
        )
    gradients = {
        name.replace(".default.weight", ".weight"): parameter.grad.float().contiguous()
        for name, parameter in model.named_parameters()
        if "lora_" in name
    }
    tokens = {"trainable_tokens": trained, "total_tokens": sum(len(ids) for _, ids, _ in rows)}
    expected = {"loss": loss, "kl": kl, "clip_fraction": clipped, **tokens, **out}
    (folder / "batch.json").write_text(json.dumps(batch) + "\n")
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    save_file(gradients, folder / "expected_grads.safetensors", metadata={"format": "pt"})
    largest = max((a - b).abs().max().item() for a, b in zip(map(torch.tensor, out["logprobs"]), map(torch.tensor, out["ref_logprobs"])))
    print(f"{folder}: loss {loss:.6f}, {len(gradients)} gradients, adapter moves log-probs by up to {largest:.3f}")


def mixed(folder: Path) -> None:
    """Ranks and scales that differ between layers and within a unit, a module left out, everything by expressions."""
    torch.manual_seed(2)
    base = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
    config = LoraConfig(
        r=4,
        lora_alpha=6,
        use_rslora=True,
        target_modules="all-linear",
        exclude_modules=r".*\.1\.mlp\.(up|gate)_proj",
        rank_pattern={r"layers\.[02]\.mlp\..*": 3, "k_proj": 6},
        alpha_pattern={r"2\.self_attn\.(q|o)_proj": 2, r"^model\.layers\.3\.mlp\.up_proj": 1.5},
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base, config)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data = torch.randn(parameter.shape) * 0.03
    model.peft_config["default"].base_model_name_or_path = "public/models/mailgym-tiny"
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)


arguments = sys.argv[1:]
if arguments[0] == "--mixed":
    arguments = arguments[1:]
    mixed(Path(arguments[0]))
for argument in arguments:
    make(Path(argument))
