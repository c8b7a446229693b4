"""A LoRA-adapted transformer in plain PyTorch, one sequence at a time: the referee's own, sharing no code with the engine."""

import json
import math
import os
import struct

import torch
import torch.nn.functional as F


def write_safetensors(path, tensors):
    header, blobs, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in tensors.items():
        blob = tensor.detach().float().contiguous().numpy().tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        values = torch.frombuffer(data[start:end], dtype=torch.float32)
        tensors[name] = values.reshape(entry["shape"]).clone()
    return tensors


def peft_name(module):
    """`model.layers.0.….lora_A` as PEFT calls its weight."""
    return f"base_model.model.{module}.weight"


def rms_norm(x, weight, eps):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


def rotate(x, theta, factor=1.0):
    """x: [heads, length, size]."""
    length, size = x.shape[1:]
    inverse = theta ** (-torch.arange(0, size, 2).double() / size) / factor
    angle = torch.arange(length).double()[:, None] * inverse
    cos, sin = (torch.cat([f(angle)] * 2, -1).to(x.dtype) for f in (torch.cos, torch.sin))
    half = torch.cat([-x[..., size // 2 :], x[..., : size // 2]], -1)
    return x * cos + half * sin


def is_gemma(config):
    return config["model_type"] == "gemma3_text"


def norm_names(config):
    """Of a layer: before attention, on what it gives, before the MLP, on what it gives; None for those that are not there."""
    if is_gemma(config):
        return "input", "post_attention", "pre_feedforward", "post_feedforward"
    return "input", None, "post_attention", None


def layer_plan(config, layer):
    """Window (None: all), and base and divisor of the rotary frequencies (None: no rotation)."""
    kind = config.get("layer_types", ["full_attention"] * (layer + 1))[layer]
    if "sliding_window_pattern" in config:
        kind = "full_attention" if (layer + 1) % config["sliding_window_pattern"] == 0 else "sliding_attention"
    slides = kind == "sliding_attention"
    rotation = config.get("rope_theta"), (config.get("rope_scaling") or {}).get("factor", 1.0)
    if "no_rope_layers" in config and not config["no_rope_layers"][layer]:
        rotation = None
    if is_gemma(config):
        if "rope_parameters" in config:
            own = config["rope_parameters"][kind]
            rotation = own["rope_theta"], own.get("factor", 1.0)
        elif slides:
            rotation = config["rope_local_base_freq"], 1.0
    return config["sliding_window"] if slides else None, rotation


class Model:
    """Weights as {name: tensor}; adapter as {module.lora_A / lora_B: tensor}; every tensor of one dtype."""

    def __init__(self, config, weights, adapter, scale):
        self.config, self.weights, self.adapter, self.scale = config, weights, adapter, scale

    @classmethod
    def read(cls, folder, dtype):
        with open(os.path.join(folder, "model/config.json")) as file:
            config = json.load(file)
        with open(os.path.join(folder, "adapter/adapter_config.json")) as file:
            lora = json.load(file)
        weights = read_safetensors(os.path.join(folder, "model/model.safetensors"))
        adapter = read_safetensors(os.path.join(folder, "adapter/adapter_model.safetensors"))
        prefix, suffix = peft_name("\0").split("\0")
        return cls(
            config,
            {name: tensor.to(dtype) for name, tensor in weights.items()},
            {
                name.removeprefix(prefix).removesuffix(suffix): tensor.to(dtype).requires_grad_()
                for name, tensor in adapter.items()
            },
            lora["lora_alpha"] / lora["r"],
        )

    def linear(self, x, module, adapted):
        y = x @ self.weights[module + ".weight"].T
        if module + ".bias" in self.weights:
            y = y + self.weights[module + ".bias"]
        if adapted and module + ".lora_A" in self.adapter:
            a, b = self.adapter[module + ".lora_A"], self.adapter[module + ".lora_B"]
            y = y + x @ a.T @ b.T * self.scale
        return y

    def logits(self, ids, adapted):
        config, weights = self.config, self.weights
        size, eps = config["head_dim"], config["rms_norm_eps"]
        gemma = is_gemma(config)

        def norm(x, name):
            return rms_norm(x, weights[name + ".weight"] + (1 if gemma else 0), eps)

        repeat = config["num_attention_heads"] // config["num_key_value_heads"]
        length = len(ids)
        x = weights["model.embed_tokens.weight"][ids]
        spread = size
        if gemma:
            # transformers keeps the factor in float32.
            x = x * torch.tensor(math.sqrt(config["hidden_size"]), dtype=torch.float32).to(x.dtype)
            spread = config["query_pre_attn_scalar"]
        hidden = torch.full((length, length), float("-inf"), dtype=x.dtype)
        causal = hidden.triu(1)
        for layer in range(config["num_hidden_layers"]):
            at = f"model.layers.{layer}."
            before, attended, between, fed = norm_names(config)
            window, rotation = layer_plan(config, layer)
            mask = causal if window is None else causal + hidden.tril(-window)
            h = norm(x, f"{at}{before}_layernorm")
            q, k, v = (
                self.linear(h, f"{at}self_attn.{n}_proj", adapted).view(length, -1, size).transpose(0, 1)
                for n in "qkv"
            )
            if gemma or config["model_type"] == "qwen3":
                q = norm(q, at + "self_attn.q_norm")
                k = norm(k, at + "self_attn.k_norm")
            if rotation is not None:
                q, k = rotate(q, *rotation), rotate(k, *rotation)
            k, v = k.repeat_interleave(repeat, 0), v.repeat_interleave(repeat, 0)
            mixed = (q @ k.transpose(1, 2) / math.sqrt(spread) + mask).softmax(-1) @ v
            mixed = mixed.transpose(0, 1).reshape(length, -1)
            branch = self.linear(mixed, at + "self_attn.o_proj", adapted)
            x = x + (norm(branch, f"{at}{attended}_layernorm") if attended else branch)
            h = norm(x, f"{at}{between}_layernorm")
            gate = self.linear(h, at + "mlp.gate_proj", adapted)
            gate = F.gelu(gate, approximate="tanh") if gemma else F.silu(gate)
            branch = self.linear(gate * self.linear(h, at + "mlp.up_proj", adapted), at + "mlp.down_proj", adapted)
            x = x + (norm(branch, f"{at}{fed}_layernorm") if fed else branch)
        x = norm(x, "model.norm")
        return x @ weights.get("lm_head.weight", weights["model.embed_tokens.weight"]).T

    def scores(self, ids, temperature, adapted=True):
        """Log-prob of tokens 1… given those before, and the entropy of each one's distribution. Nats."""
        ids = torch.tensor(ids)
        logp = (self.logits(ids, adapted)[:-1] / temperature).log_softmax(-1)
        return logp[torch.arange(len(ids) - 1), ids[1:]], -(logp.exp() * logp).sum(-1)
