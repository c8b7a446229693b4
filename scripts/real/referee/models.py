"""Models of GGUF files in transformers, in the precision asked for, and a float64 that is one."""

from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
from transformers.models.gemma3 import modeling_gemma3 as gemma3
from transformers.models.llama import modeling_llama as llama

torch.set_num_threads(2)


def load(path, dtype):
    """
    The model of a GGUF file. Its weights are dequantised in float32, as by every reader, and never rounded further. Left
    packed, which is the default of transformers, they would be multiplied in float32 whatever the dtype.
    """
    file = Path(path)
    model = AutoModelForCausalLM.from_pretrained(
        file.parent,
        gguf_file=file.name,
        dtype=torch.float32,
        quantization_config=GgufConfig(dequantize=True),
        attn_implementation="sdpa",
    )
    return model.to(dtype).eval()


def tokenizer(path):
    file = Path(path)
    return AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)


class exact:
    """
    While it lasts, what transformers computes in float32 whatever the model is (norms, rotary angles) is computed in
    float64. Without it, a "float64" model has float32's error in every norm and in the angles of far positions.
    """

    def __enter__(self):
        self.saved = [
            (owner, "forward", owner.forward)
            for owner in (
                llama.LlamaRMSNorm,
                llama.LlamaRotaryEmbedding,
                gemma3.Gemma3RMSNorm,
                gemma3.Gemma3RotaryEmbedding,
            )
        ]
        llama.LlamaRMSNorm.forward = lambda self, x: self.weight * normed(x, self.variance_epsilon)
        gemma3.Gemma3RMSNorm.forward = lambda self, x: normed(x, self.eps) * (1.0 + self.weight)
        llama.LlamaRotaryEmbedding.forward = lambda self, x, position_ids: angles(
            self.config, self.config.rope_parameters, x, position_ids
        )
        gemma3.Gemma3RotaryEmbedding.forward = lambda self, x, position_ids, layer_type: angles(
            self.config, self.config.rope_parameters[layer_type], x, position_ids
        )
        return self

    def __exit__(self, *_):
        for owner, name, value in self.saved:
            setattr(owner, name, value)


def normed(x, eps):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)


def angles(config, parameters, x, position_ids):
    if parameters["rope_type"] != "default":
        raise NotImplementedError(f"rotary scaling {parameters['rope_type']}")
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    turns = parameters["rope_theta"] ** -(torch.arange(0, size, 2, dtype=torch.float64) / size)
    freqs = position_ids[..., None].double() * turns
    both = torch.cat((freqs, freqs), dim=-1)
    return both.cos().to(x.dtype), both.sin().to(x.dtype)
