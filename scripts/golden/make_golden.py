"""Golden cases of the objectives, by PyTorch's autograd in float64 (tests/golden/README.md).

    python scripts/golden/make_golden.py tests/golden [NAME …]

Needs torch alone. Writes per case a model, an adapter, batch.json, expected.json and expected_grads.safetensors. The
loss is written from the papers' formulas over separate sequences; a ratio's exponential goes on as its tangent above
e^20, which only the cases named overflow reach.
"""

import json
import math
import os
import sys

import torch
from golden_model import Model, is_gemma, norm_names, peft_name, write_safetensors

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
MAX_COMPLETION_LENGTH = 64
FAR_BELOW = -120.0


def exponential(x):
    """e^x, and above 20 the tangent there."""
    return math.exp(20) * (1 + x - 20) if x.item() > 20 else x.exp()


def random_model(family, sizes, tied, rank, alpha, targets, seed, extra):
    vocabulary, width, heads, kv_heads, size, inner = sizes
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape, scale):
        return (torch.randn(*shape, generator=generator) * scale).double()

    config = {
        "model_type": family,
        "vocab_size": vocabulary,
        "hidden_size": width,
        "num_hidden_layers": 2,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "head_dim": size,
        "intermediate_size": inner,
        "tie_word_embeddings": tied,
        "rope_theta": 10000.0,
        "rms_norm_eps": 1e-5,
        "architectures": [f"{family.capitalize()}ForCausalLM"],
        "hidden_act": "silu",
        "torch_dtype": "float32",
        "max_position_embeddings": 512,
        **extra,
    }
    # What a norm's weights are near to.
    center = 0 if is_gemma(config) else 1
    weights = {
        "model.embed_tokens.weight": draw(vocabulary, width, scale=0.3),
        "model.norm.weight": center + draw(width, scale=0.1),
    }
    if not tied:
        weights["lm_head.weight"] = draw(vocabulary, width, scale=0.4)
    adapter = {}
    queries, keys = heads * size, kv_heads * size
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        for norm in filter(None, norm_names(config)):
            weights[f"{at}{norm}_layernorm.weight"] = center + draw(width, scale=0.1)
        if family in ("qwen3", "gemma3_text"):
            for norm in ("q_norm", "k_norm"):
                weights[f"{at}self_attn.{norm}.weight"] = center + draw(size, scale=0.1)
        for module, rows, columns in (
            ("self_attn.q_proj", queries, width),
            ("self_attn.k_proj", keys, width),
            ("self_attn.v_proj", keys, width),
            ("self_attn.o_proj", width, queries),
            ("mlp.gate_proj", inner, width),
            ("mlp.up_proj", inner, width),
            ("mlp.down_proj", width, inner),
        ):
            weights[f"{at}{module}.weight"] = draw(rows, columns, scale=1 / math.sqrt(columns))
            name = module.split(".")[1]
            if family == "qwen2" and name in ("q_proj", "k_proj", "v_proj"):
                weights[f"{at}{module}.bias"] = draw(rows, scale=0.2)
            if name in targets:
                adapter[f"{at}{module}.lora_A"] = draw(rank, columns, scale=1 / math.sqrt(columns))
                adapter[f"{at}{module}.lora_B"] = draw(rows, rank, scale=0.1)
    # Everything must be exact in float32.
    weights = {name: tensor.float().double() for name, tensor in weights.items()}
    adapter = {name: tensor.float().double().requires_grad_() for name, tensor in adapter.items()}
    return Model(config, weights, adapter, alpha / rank), generator


def random_batch(vocabulary, generator):
    """Two groups of four: the prompt and part of the completions are shared; tool tokens are masked."""

    def ids(count):
        return torch.randint(0, vocabulary, (count,), generator=generator).tolist()

    sequences = []
    for group in range(2):
        prompt, first, tool = ids(9 + 4 * group), ids(5), ids(6)
        rollouts = [(first, tool, ids(6)), (first, tool, ids(3)), (first, ids(7), ids(4)), (ids(3), ids(5), ids(7))]
        advantages = torch.randn(4, generator=generator).double()
        advantages = (advantages - advantages.mean()) / (advantages.std(unbiased=False) + 1e-4)
        for (turn, result, last), advantage in zip(rollouts, advantages.tolist()):
            mask = [0] * len(prompt) + [1] * len(turn) + [0] * len(result) + [1] * len(last)
            sequences.append(
                {
                    "group": group,
                    "input_ids": prompt + turn + result + last,
                    "loss_mask": mask,
                    "advantage": advantage,
                }
            )
    return sequences


def spans(mask, level):
    """Trained tokens by what shares a ratio; a turn is a run of them."""
    tokens = [t for t, trained in enumerate(mask) if trained]
    if level == "token":
        return [[t] for t in tokens]
    if level == "sequence":
        return [tokens]
    runs = []
    for t in tokens:
        if runs and runs[-1][-1] == t - 1:
            runs[-1].append(t)
        else:
            runs.append([t])
    return runs


def policy_term(batch, ratio, logp, advantage):
    """Loss of one token, and whether the clip decides about it."""
    kind = batch["loss_type"]
    if kind == "cispo":
        capped = ratio.detach().clamp(max=batch["epsilon_high"])
        return -capped * advantage * logp, advantage != 0 and ratio.item() > batch["epsilon_high"]
    if kind == "sapo":
        name, usual = ("sapo_temperature_pos", 1.0) if advantage > 0 else ("sapo_temperature_neg", 1.05)
        temperature = batch.get(name, usual)
        return -torch.sigmoid(temperature * (ratio - 1)) * 4 / temperature * advantage, False
    low, high = 1 - batch["epsilon_low"], 1 + batch["epsilon_high"]
    plain, delta = ratio, batch.get("delta", 0)
    if delta:
        plain = plain.clamp(max=delta)
    loss = -torch.min(plain * advantage, ratio.clamp(low, high) * advantage)
    r = ratio.item()
    clipped = r > high if advantage > 0 else advantage < 0 and (r < low or (delta > 0 and r > delta))
    return loss, clipped


def token_weight(batch, trained, i):
    kind = batch["loss_type"]
    if kind in ("grpo", "sapo"):
        return 1 / len(trained[i]) / len(trained)
    if kind in ("bnpo", "dapo", "cispo"):
        return 1 / sum(map(len, trained))
    return 1 / (len(trained) * batch["max_completion_length"])


def grpo_loss(batch, logps, refs, entropies):
    """Lists hold one number per token, the first of them unused."""
    sequences = batch["sequences"]
    trained = [[t for t, m in enumerate(s["loss_mask"]) if m] for s in sequences]
    least = -math.inf
    if batch.get("top_entropy_quantile", 1) < 1:
        every = torch.stack([entropies[i][t] for i, tokens in enumerate(trained) for t in tokens]).detach()
        least = torch.quantile(every, 1 - batch["top_entropy_quantile"])
        assert (every - least).abs().min() > 1e-4, "the threshold is too near to a token's entropy"
    loss, clipped = torch.zeros((), dtype=torch.float64), 0
    for i, s in enumerate(sequences):
        weight = token_weight(batch, trained, i)
        for span in spans(s["loss_mask"], batch.get("importance_sampling_level", "token")):
            log_ratio = torch.stack([logps[i][t] - s["old_logprobs"][t] for t in span]).mean()
            for t in span:
                advantage = s["advantage"] if entropies[i][t] >= least else 0.0
                term, is_clipped = policy_term(batch, exponential(log_ratio), logps[i][t], advantage)
                gap = refs[i][t] - logps[i][t]
                term = term + batch["beta"] * (gap.exp() - gap - 1)
                loss = loss + weight * (term - batch.get("entropy_coef", 0) * entropies[i][t])
                clipped += is_clipped
    return loss, clipped


def supervised_loss(batch, logps):
    weights = [
        (w, logps[i][t])
        for i, s in enumerate(batch["sequences"])
        for t, w in enumerate(s["token_weights"])
        if s["loss_mask"][t]
    ]
    return -sum(w * logp for w, logp in weights) / sum(w for w, _ in weights)


def greedy_texts(model, batch, count=24):
    """What follows the prompt of each group, the most likely token every time, far enough ahead of the second."""
    texts = []
    for group in range(2):
        first = next(s for s in batch["sequences"] if s["group"] == group)
        ids = first["input_ids"][: first["loss_mask"].index(1)]
        start = len(ids)
        for _ in range(count):
            with torch.no_grad():
                best = model.logits(torch.tensor(ids), adapted=True)[-1].topk(2)
            assert best.values[0] - best.values[1] > 1e-3, "two tokens are too near to each other"
            ids = ids + [best.indices[0].item()]
        assert len(set(ids[start:])) >= 8, "the text repeats itself, which says little"
        texts.append({"prompt": ids[:start], "ids": ids[start:]})
    return texts


def make_case(
    folder, name, family, sizes, tied, rank, alpha, targets, seed, noise=0.3, far=None, extra=None, greedy=False, **options
):
    model, generator = random_model(family, sizes, tied, rank, alpha, targets, seed, extra or {})
    batch = {
        "loss_type": options.pop("loss_type"),
        "beta": options.pop("beta", 0.01),
        "epsilon_low": options.pop("epsilon_low", 0.2),
        "epsilon_high": options.pop("epsilon_high", 0.2),
        "temperature": options.pop("temperature", 1.0),
        "max_completion_length": MAX_COMPLETION_LENGTH,
        **options,
        "sequences": random_batch(sizes[0], generator),
    }
    logps, refs, entropies, stale = [], [], [], {}
    for s in batch["sequences"]:
        ids = s["input_ids"]
        zero = torch.zeros(1, dtype=torch.float64)
        logp, entropy = model.scores(ids, batch["temperature"])
        ref, _ = model.scores(ids, batch["temperature"], adapted=False)
        logps.append(torch.cat([zero, logp]))
        entropies.append(torch.cat([zero, entropy]))
        refs.append(torch.cat([zero, ref.detach()]))
        # Equal beginnings have equal old log-probs, so that sequences share rows of the forest.
        old = [0.0]
        for t in range(1, len(ids)):
            key = tuple(ids[: t + 1])
            if key not in stale:
                stale[key] = noise * torch.randn(1, generator=generator).double().item()
            old.append(torch.tensor(logps[-1][t].item() + stale[key]).float().item())
        s["old_logprobs"] = old
        if batch["loss_type"] == "supervised":
            draw = torch.randint(0, 3, (len(ids),), generator=generator)
            s["token_weights"] = [[0.0, 0.5, 2.0][k] for k in draw.tolist()]
    if far is not None:
        # The last token of the first sequence whose advantage has this sign was all but impossible when sampled.
        s = next(s for s in batch["sequences"] if s["advantage"] * far > 0)
        s["old_logprobs"][-1] = FAR_BELOW
    if batch["loss_type"] == "supervised":
        loss, clipped = supervised_loss(batch, logps), 0
    else:
        loss, clipped = grpo_loss(batch, logps, refs, entropies)
    loss.backward()

    trained = [(i, t) for i, s in enumerate(batch["sequences"]) for t, m in enumerate(s["loss_mask"]) if m]
    kls = [math.expm1(gap) - gap for gap in ((refs[i][t] - logps[i][t]).item() for i, t in trained)]
    expected = {
        "loss": loss.item(),
        "kl": sum(kls) / len(trained),
        "clip_fraction": clipped / len(trained),
        "trainable_tokens": len(trained),
        "total_tokens": sum(len(s["input_ids"]) for s in batch["sequences"]),
        "logprobs": [logp.tolist() for logp in logps],
        "ref_logprobs": [ref.tolist() for ref in refs],
    }
    texts = [("greedy.json", greedy_texts(model, batch))] if greedy else []
    lora = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": sorted(targets),
    }
    where = os.path.join(folder, name)
    for part, content in (
        ("model/config.json", model.config),
        ("adapter/adapter_config.json", lora),
        ("batch.json", batch),
        ("expected.json", expected),
        *texts,
    ):
        os.makedirs(os.path.dirname(os.path.join(where, part)), exist_ok=True)
        with open(os.path.join(where, part), "w") as file:
            json.dump(content, file)
    write_safetensors(os.path.join(where, "model/model.safetensors"), model.weights)
    adapter = {peft_name(k): v for k, v in model.adapter.items()}
    write_safetensors(os.path.join(where, "adapter/adapter_model.safetensors"), adapter)
    gradients = {k: v.grad for k, v in adapter.items()}
    write_safetensors(os.path.join(where, "expected_grads.safetensors"), gradients)
    norm = math.sqrt(sum(g.pow(2).sum().item() for g in gradients.values()))
    print(f"{name}: loss {loss.item():.6g}, gradient norm {norm:.6g}, clipped {clipped} of {len(trained)}")


# vocabulary, width, heads, key/value heads, head size, MLP.
SMALL, WIDE, ODD = (61, 16, 4, 2, 4, 24), (53, 12, 2, 1, 6, 20), (47, 10, 3, 1, 4, 17)
LLAMA = {"family": "llama", "sizes": SMALL, "tied": True, "rank": 3, "alpha": 6, "targets": ALL}
QWEN2 = {"family": "qwen2", "sizes": WIDE, "tied": False, "rank": 2, "alpha": 4, "targets": ["q_proj", "v_proj", "down_proj"]}
QWEN3 = {"family": "qwen3", "sizes": ODD, "tied": True, "rank": 2, "alpha": 2, "targets": ALL}

FULL, SLIDING = "full_attention", "sliding_attention"
# Windows are far shorter than the sequences of 16 to 32 tokens, bases small enough that angles differ at these lengths.
GEMMA = {
    "architectures": ["Gemma3ForCausalLM"],
    "hidden_activation": "gelu_pytorch_tanh",
    "hidden_act": None,
    "rms_norm_eps": 1e-6,
    "rope_theta": 300.0,
    "rope_local_base_freq": 40.0,
}
SMOL = {
    "architectures": ["SmolLM3ForCausalLM"],
    "rope_theta": 300.0,
    "num_hidden_layers": 4,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}

CASES = {
    "gemma3-grpo": {
        **{"family": "gemma3_text", "sizes": (59, 9, 3, 1, 10, 17), "tied": True, "rank": 3, "alpha": 6, "targets": ALL},
        **{"seed": 41, "loss_type": "grpo", "beta": 0.02},
        # The last layer slides; the pattern is spelt as a number.
        "extra": {**GEMMA, "num_hidden_layers": 3, "sliding_window": 6, "sliding_window_pattern": 2, "query_pre_attn_scalar": 7},
    },
    "gemma3-dapo": {
        **{"family": "gemma3_text", "sizes": (67, 16, 4, 2, 8, 24), "tied": False, "rank": 2, "alpha": 4},
        **{"targets": ["q_proj", "v_proj", "down_proj"], "seed": 42, "greedy": True, "loss_type": "dapo", "epsilon_high": 0.28, "temperature": 0.9},
        # The spelling of transformers 5, with frequencies divided where a layer sees everything.
        "extra": {
            **{key: value for key, value in GEMMA.items() if not key.startswith("rope_")},
            "rope_theta": None,
            "rope_parameters": {
                FULL: {"rope_theta": 300.0, "rope_type": "linear", "factor": 2.0},
                SLIDING: {"rope_theta": 40.0, "rope_type": "default"},
            },
            "num_hidden_layers": 4,
            "layer_types": [SLIDING, SLIDING, SLIDING, FULL],
            "sliding_window": 5,
            "query_pre_attn_scalar": 8,
        },
    },
    "smollm3-grpo": {
        **{"family": "smollm3", "sizes": (53, 10, 3, 1, 6, 18), "tied": True, "rank": 2, "alpha": 4, "targets": ALL},
        **{"seed": 43, "loss_type": "grpo", "beta": 0.02},
        "extra": {**SMOL, "num_hidden_layers": 3, "no_rope_layers": [1, 0, 1]},
    },
    "smollm3-sliding-dapo": {
        **{"family": "smollm3", "sizes": (61, 16, 4, 2, 4, 24), "tied": False, "rank": 3, "alpha": 3},
        **{"targets": ["k_proj", "o_proj", "gate_proj"], "seed": 44, "greedy": True, "loss_type": "dapo", "beta": 0.0},
        "extra": {
            **SMOL,
            "no_rope_layers": [1, 0, 1, 0],
            "use_sliding_window": True,
            "sliding_window": 7,
            "layer_types": [FULL, SLIDING, FULL, SLIDING],
        },
    },
    "llama-cispo": {**LLAMA, "seed": 21, "loss_type": "cispo", "epsilon_high": 1.3},
    "qwen2-sapo": {**QWEN2, "seed": 22, "loss_type": "sapo", "beta": 0.0, "sapo_temperature_pos": 1.0, "sapo_temperature_neg": 1.05},
    "qwen3-gspo": {**QWEN3, "seed": 23, "loss_type": "grpo", "importance_sampling_level": "sequence", "epsilon_low": 0.05, "epsilon_high": 0.06, "beta": 0.02},
    "llama-turn-dapo": {**LLAMA, "seed": 24, "loss_type": "dapo", "importance_sampling_level": "turn", "epsilon_low": 0.08, "epsilon_high": 0.08},
    "qwen2-sequence-cispo": {**QWEN2, "seed": 25, "loss_type": "cispo", "importance_sampling_level": "sequence", "epsilon_high": 1.02},
    "qwen3-turn-sapo-entropy": {**QWEN3, "seed": 26, "loss_type": "sapo", "importance_sampling_level": "turn", "top_entropy_quantile": 0.41, "sapo_temperature_pos": 2.0, "sapo_temperature_neg": 3.0},
    "qwen3-sequence-sapo-entropy": {**QWEN3, "seed": 33, "loss_type": "sapo", "importance_sampling_level": "sequence", "top_entropy_quantile": 0.53, "temperature": 1.2},
    "llama-dapo-delta": {**LLAMA, "seed": 27, "loss_type": "dapo", "delta": 1.3, "noise": 0.5},
    "qwen2-bnpo-entropy": {**QWEN2, "seed": 28, "loss_type": "bnpo", "top_entropy_quantile": 0.3, "beta": 0.05, "temperature": 0.8},
    "llama-dapo-bonus": {**LLAMA, "seed": 29, "loss_type": "dapo", "entropy_coef": 0.05},
    "qwen2-supervised": {**QWEN2, "seed": 30, "loss_type": "supervised", "beta": 0.0},
    "llama-overflow-good": {**LLAMA, "seed": 31, "loss_type": "dapo", "beta": 0.0, "far": 1},
    "llama-overflow-bad": {**LLAMA, "seed": 32, "loss_type": "dapo", "beta": 0.0, "far": -1},
}

if __name__ == "__main__":
    out, *names = sys.argv[1:]
    for name in names or CASES:
        make_case(out, name, **CASES[name])
