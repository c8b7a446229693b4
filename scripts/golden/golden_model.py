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


def rotate(x, theta):
    """x: [heads, length, size]."""
    length, size = x.shape[1:]
    inverse = theta ** (-torch.arange(0, size, 2).double() / size)
    angle = torch.arange(length).double()[:, None] * inverse
    cos, sin = (torch.cat([f(angle)] * 2, -1).to(x.dtype) for f in (torch.cos, torch.sin))
    half = torch.cat([-x[..., size // 2 :], x[..., : size // 2]], -1)
    return x * cos + half * sin


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
        repeat = config["num_attention_heads"] // config["num_key_value_heads"]
        length = len(ids)
        x = weights["model.embed_tokens.weight"][ids]
        causal = torch.full((length, length), float("-inf"), dtype=x.dtype).triu(1)
        for layer in range(config["num_hidden_layers"]):
            at = f"model.layers.{layer}."
            h = rms_norm(x, weights[at + "input_layernorm.weight"], eps)
            q, k, v = (
                self.linear(h, f"{at}self_attn.{n}_proj", adapted).view(length, -1, size).transpose(0, 1)
                for n in "qkv"
            )
            if config["model_type"] == "qwen3":
                q = rms_norm(q, weights[at + "self_attn.q_norm.weight"], eps)
                k = rms_norm(k, weights[at + "self_attn.k_norm.weight"], eps)
            q, k = rotate(q, config["rope_theta"]), rotate(k, config["rope_theta"])
            k, v = k.repeat_interleave(repeat, 0), v.repeat_interleave(repeat, 0)
            mixed = (q @ k.transpose(1, 2) / math.sqrt(size) + causal).softmax(-1) @ v
            mixed = mixed.transpose(0, 1).reshape(length, -1)
            x = x + self.linear(mixed, at + "self_attn.o_proj", adapted)
            h = rms_norm(x, weights[at + "post_attention_layernorm.weight"], eps)
            gate = F.silu(self.linear(h, at + "mlp.gate_proj", adapted))
            x = x + self.linear(gate * self.linear(h, at + "mlp.up_proj", adapted), at + "mlp.down_proj", adapted)
        x = rms_norm(x, weights["model.norm.weight"], eps)
        return x @ weights.get("lm_head.weight", weights["model.embed_tokens.weight"]).T

    def scores(self, ids, temperature, adapted=True):
        """Log-prob of tokens 1… given those before, and the entropy of each one's distribution. Nats."""
        ids = torch.tensor(ids)
        logp = (self.logits(ids, adapted)[:-1] / temperature).log_softmax(-1)
        return logp[torch.arange(len(ids) - 1), ids[1:]], -(logp.exp() * logp).sum(-1)
