#!/usr/bin/env python3
"""Warm start of the default policy with PyTorch on a CPU. Not part of the product: it makes public/models/mailgym-tiny.

Training sequences come from scripts/pretrain/traces.ts (format: scripts/pretrain/format.ts). A run is a list of
stages; every stage starts from a checkpoint (--init) or from random weights and writes one. The documented sequence
of commands is in the model card.

Matrices of the layers are trained with Muon (Jordan 2024: momentum, orthogonalised by Newton-Schulz iterations),
embeddings, head and norms with Adam.
"""
import argparse
import json
import math
import os
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
import torch.nn.functional as F

WEIGHT_UNIT = 1 / 20
CONSTANT = 3.0
SAMPLED = 0.5  # weights from here on mark tokens of the policy; context weighs less


# ---------------------------------------------------------------- data

def read_sequences(path):
    with open(path, 'rb') as f:
        magic, version, count, total = struct.unpack('<4I', f.read(16))
        assert magic == 0x5254474D and version == 1, f'{path} holds no training sequences of version 1'
        lengths = np.frombuffer(f.read(4 * count), '<u4')
        ids = np.frombuffer(f.read(2 * total), '<u2')
        weights = np.frombuffer(f.read(total), 'u1')
    ends = np.cumsum(lengths)
    return [(ids[e - n:e], weights[e - n:e]) for n, e in zip(lengths, ends)]


def collate(sequences, context):
    """Pads to the longest. `context` is the loss weight of tokens that the policy did not write."""
    n = max(len(ids) for ids, _ in sequences)
    ids = np.zeros((len(sequences), n), np.int64)
    weights = np.zeros((len(sequences), n), np.float32)
    for row, (i, w) in enumerate(sequences):
        ids[row, :len(i)] = i
        w = w.astype(np.float32) * WEIGHT_UNIT
        weights[row, :len(i)] = np.where(w >= SAMPLED, w, context)
    return torch.from_numpy(ids), torch.from_numpy(weights)


def batches(sequences, size, rng, context):
    """Endless. Similar lengths share a batch."""
    while True:
        order = rng.permutation(len(sequences))
        for start in range(0, len(order) - size * 32 + 1, size * 32) if len(order) >= size * 32 else [0]:
            window = sorted(order[start:start + size * 32], key=lambda i: len(sequences[i][0]))
            groups = [window[i:i + size] for i in range(0, len(window), size)]
            for g in rng.permutation(len(groups)):
                yield collate([sequences[i] for i in groups[g]], context)


def copy_batches(size, length, vocab, rng):
    """Streams over a few random 'words' (1-5 tokens): all but the first token of a word seen before is predictable."""
    while True:
        ids = np.zeros((size, length), np.int64)
        weights = np.zeros((size, length), np.float32)
        for row in range(size):
            words = [rng.integers(0, vocab, rng.integers(2, 7)) for _ in range(rng.integers(3, 9))]
            seen, at = set(), 0
            while at < length:
                k = int(rng.integers(len(words)))
                word = words[k][:length - at]
                ids[row, at:at + len(word)] = word
                if k in seen:
                    weights[row, at + 1:at + len(word)] = 1
                seen.add(k)
                at += len(word)
        yield torch.from_numpy(ids), torch.from_numpy(weights)


# ---------------------------------------------------------------- model

class Llama(torch.nn.Module):
    """Names and computation as in Hugging Face LlamaForCausalLM."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        d, ff, v = c['hidden_size'], c['intermediate_size'], c['vocab_size']

        def matrix(rows, cols, std):
            return torch.nn.Parameter(torch.randn(rows, cols) * std)

        p = {}
        # Copying is slow to emerge from random weights (hundreds of steps without any progress), so its circuit is
        # laid out at the start, roughly, for training to refine:
        # - values go through one rotation R, which the head undoes: what a head attends to becomes more likely;
        # - the heads of the first layer look one, one, two and three tokens back (by position alone: all embeddings
        #   share a constant in the last dimension) and leave that token, seen through U, in the space W;
        # - the other layers compare the present token (through U) with the predecessor of each earlier one (in W).
        heads, hd = c['num_attention_heads'], c['head_dim']

        def orthogonal():
            return torch.linalg.qr(torch.randn(d, d))[0]

        rotation, seen, space = orthogonal(), orthogonal(), orthogonal()
        embedding = torch.randn(v, d)
        embedding = embedding / embedding.norm(dim=1, keepdim=True) * math.sqrt(d)
        embedding[:, -1] = CONSTANT
        p['model.embed_tokens.weight'] = torch.nn.Parameter(embedding)
        p['lm_head.weight'] = torch.nn.Parameter(embedding @ rotation.T * (0.5 / math.sqrt(d)))
        freq = c['rope_theta'] ** (-torch.arange(0, hd, 2).float() / hd)
        slow = torch.cat([torch.arange(hd // 4, hd // 2), torch.arange(3 * hd // 4, hd)])  # turn little in 200 tokens
        for i in range(c['num_hidden_layers']):
            q = f'model.layers.{i}.'
            a = {name: torch.randn(d, d) * 0.25 * d ** -0.5 for name in ('q_proj', 'k_proj')}
            a['v_proj'] = rotation + torch.randn(d, d) * 0.25 * d ** -0.5
            a['o_proj'] = 0.5 * torch.eye(d) + torch.randn(d, d) * 0.02
            for head in range(heads):
                rows = slice(head * hd, (head + 1) * hd)
                own = slice(head * hd, (head + 1) * hd)
                if i == 0:
                    # q . R(distance) k = strength * sum over fast pairs of cos((distance - back) f)
                    back = (1, 1, 2, 3)[head]
                    pairs = torch.arange(hd // 4)
                    a['q_proj'][rows] = 0
                    a['k_proj'][rows] = 0
                    strength = math.sqrt(8 * math.sqrt(hd)) / CONSTANT
                    a['q_proj'][rows][pairs, -1] = strength
                    a['k_proj'][rows][pairs, -1] = strength * (back * freq[pairs]).cos()
                    a['k_proj'][rows][pairs + hd // 2, -1] = strength * (back * freq[pairs]).sin()
                    a['v_proj'][rows] = seen[own]
                    a['o_proj'][:, rows] = space[own].T
                elif i > 0 and head < 3:
                    part = (head * (hd // 2) + torch.arange(hd // 2)) % (2 * hd)
                    a['q_proj'][head * hd + slow] = 1.4 * seen[part]
                    a['k_proj'][head * hd + slow] = 1.4 * space[part]
            for name, value in a.items():
                p[q + f'self_attn.{name}.weight'] = torch.nn.Parameter(value)
            p[q + 'mlp.gate_proj.weight'] = matrix(ff, d, d ** -0.5)
            p[q + 'mlp.up_proj.weight'] = matrix(ff, d, d ** -0.5)
            p[q + 'mlp.down_proj.weight'] = matrix(d, ff, 0.02)
            p[q + 'input_layernorm.weight'] = torch.nn.Parameter(torch.ones(d))
            p[q + 'post_attention_layernorm.weight'] = torch.nn.Parameter(torch.ones(d))
        p['model.norm.weight'] = torch.nn.Parameter(torch.ones(d))
        self.p = p
        for name, value in p.items():
            self.register_parameter(name.replace('.', '/'), value)
        head = c['head_dim']
        inv = c['rope_theta'] ** (-torch.arange(0, head, 2).float() / head)
        angle = torch.arange(c['max_position_embeddings']).float()[:, None] * inv[None]
        self.cos = torch.cat([angle.cos(), angle.cos()], -1)
        self.sin = torch.cat([angle.sin(), angle.sin()], -1)

    def norm(self, x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.c['rms_norm_eps']) * self.p[name]

    def hidden(self, ids):
        p, heads, hd = self.p, self.c['num_attention_heads'], self.c['head_dim']
        b, n = ids.shape
        cos, sin = self.cos[:n], self.sin[:n]
        mask = torch.full((n, n), float('-inf')).triu(1)

        def rope(x):
            a, c = x.chunk(2, -1)
            return x * cos + torch.cat([-c, a], -1) * sin

        x = F.embedding(ids, p['model.embed_tokens.weight'])
        for i in range(self.c['num_hidden_layers']):
            q = f'model.layers.{i}.'
            h = self.norm(x, q + 'input_layernorm.weight')
            w = [F.linear(h, p[q + f'self_attn.{m}.weight']).view(b, n, heads, hd).transpose(1, 2)
                 for m in ('q_proj', 'k_proj', 'v_proj')]
            a = torch.baddbmm(mask, rope(w[0]).reshape(b * heads, n, hd),
                              rope(w[1]).reshape(b * heads, n, hd).transpose(1, 2), alpha=hd ** -0.5)
            o = torch.bmm(a.softmax(-1), w[2].reshape(b * heads, n, hd))
            o = o.view(b, heads, n, hd).transpose(1, 2).reshape(b, n, heads * hd)
            x = x + F.linear(o, p[q + 'self_attn.o_proj.weight'])
            h = self.norm(x, q + 'post_attention_layernorm.weight')
            g = F.silu(F.linear(h, p[q + 'mlp.gate_proj.weight'])) * F.linear(h, p[q + 'mlp.up_proj.weight'])
            x = x + F.linear(g, p[q + 'mlp.down_proj.weight'])
        return self.norm(x, 'model.norm.weight')

    def scores(self, ids, weights):
        """Log-probs, correctness and weights of the tokens with a weight, in reading order."""
        rows = (weights[:, 1:] > 0).nonzero(as_tuple=True)
        h = self.hidden(ids[:, :-1])[rows]
        logits = F.linear(h, self.p['lm_head.weight'])
        target = ids[:, 1:][rows]
        nll = F.cross_entropy(logits, target, reduction='none')
        return nll, logits, target, weights[:, 1:][rows], rows[0]


# ---------------------------------------------------------------- optimiser

class Muon:
    """Momentum orthogonalised by a quintic Newton-Schulz iteration; matrices of one shape are done together."""

    def __init__(self, params, momentum=0.95):
        self.groups = {}
        for p in params:
            self.groups.setdefault(tuple(p.shape), []).append(p)
        self.momentum = momentum
        self.state = {s: torch.zeros(len(ps), *s) for s, ps in self.groups.items()}

    def step(self, lr, decay):
        for shape, params in self.groups.items():
            g = torch.stack([p.grad for p in params])
            m = self.state[shape].mul_(self.momentum).add_(g)
            x = g.add(m, alpha=self.momentum)
            tall = shape[0] > shape[1]
            if tall:
                x = x.transpose(1, 2)
            x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
            for _ in range(5):
                a = x @ x.transpose(1, 2)
                x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
            if tall:
                x = x.transpose(1, 2)
            scale = lr * max(1, shape[0] / shape[1]) ** 0.5
            for p, u in zip(params, x):
                p.data.mul_(1 - lr * decay).add_(u, alpha=-scale)


# ---------------------------------------------------------------- evaluation

@torch.no_grad()
def evaluate(model, sequences, families=None, size=32):
    """Teacher-forced numbers on clean traces, read as whole episodes.

    greedy: share of episodes whose every token of the expert is the model's first choice (a lower bound of the greedy
    success). sampled: mean probability of the expert's whole episode at temperature 1 (a lower bound likewise)."""
    greedy, sampled, turns = [], [], {}
    by_family = {}
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i][0]))
    for at in range(0, len(order), size):
        part = order[at:at + size]
        ids, weights = collate([sequences[i] for i in part], 0.0)
        nll, logits, target, _, row = model.scores(ids, weights)
        right = (logits.argmax(-1) == target).numpy()
        nll, row, target = nll.numpy(), row.numpy(), target.numpy()
        for r, index in enumerate(part):
            mine = row == r
            ok, loss, ends = right[mine], nll[mine], np.flatnonzero(target[mine] == 1)
            greedy.append(ok.all())
            sampled.append(math.exp(-loss.sum()))
            if families is not None:
                by_family.setdefault(families[index], []).append(ok.all())
            start = 0
            for turn, end in enumerate(ends):
                name = 'search' if turn == 0 else 'answer' if turn == len(ends) - 1 else 'read'
                turns.setdefault(name, []).append(ok[start:end + 1].all())
                start = end + 1
    mean = lambda xs: round(float(np.mean(xs)), 4)
    return {'greedy': mean(greedy), 'sampled': mean(sampled),
            **{k: mean(v) for k, v in turns.items()}, 'families': {k: mean(v) for k, v in sorted(by_family.items())}}


# ---------------------------------------------------------------- files

def write_safetensors(path, tensors):
    header, at, blobs = {'__metadata__': {'format': 'pt'}}, 0, []
    for name in sorted(tensors):
        blob = tensors[name].detach().numpy().astype('<f4').tobytes()
        header[name] = {'dtype': 'F32', 'shape': list(tensors[name].shape), 'data_offsets': [at, at + len(blob)]}
        at += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text + b''.join(blobs))


def read_safetensors(path):
    with open(path, 'rb') as f:
        size, = struct.unpack('<Q', f.read(8))
        header = json.loads(f.read(size))
        data = f.read()
    return {name: torch.from_numpy(np.frombuffer(data[e['data_offsets'][0]:e['data_offsets'][1]], '<f4')
                                   .reshape(e['shape']).copy())
            for name, e in header.items() if name != '__metadata__'}


# ---------------------------------------------------------------- training

def main():
    a = argparse.ArgumentParser()
    a.add_argument('--config', required=True, help='config.json of the model')
    a.add_argument('--init', help='model.safetensors to start from')
    a.add_argument('--after', help='folder of the stage before: its weights and optimiser state are taken over')
    a.add_argument('--out', required=True, help='folder for model.safetensors, optimizer.pt and log.jsonl')
    a.add_argument('--stage', required=True, help='name in the log; "copy" makes its own data')
    a.add_argument('--data', nargs='*', default=[], help='files of training sequences')
    a.add_argument('--eval', help='file of clean held-out traces')
    a.add_argument('--steps', type=int, required=True, help='length of the learning-rate schedule')
    a.add_argument('--stop', type=int, help='end after this step of the schedule')
    a.add_argument('--batch', type=int, default=16)
    a.add_argument('--lr', type=float, default=0.02, help="Muon's; Adam's rates are in proportion")
    a.add_argument('--warmup', type=int, default=20)
    a.add_argument('--decay-from', type=float, default=1.0, help='share of the steps after which lr falls to --final')
    a.add_argument('--final', type=float, default=0.1)
    a.add_argument('--context', type=float, default=0.05)
    a.add_argument('--weight-decay', type=float, default=0.01)
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--workers', type=int, default=2)
    a.add_argument('--every', type=int, default=100, help='steps between evaluations and checkpoints')
    o = a.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(o.seed)
    os.makedirs(o.out, exist_ok=True)
    config = json.load(open(o.config))
    model = Llama(config)
    if o.init:
        for name, value in read_safetensors(o.init).items():
            model.p[name].data.copy_(value)
    layers = [v for k, v in model.p.items() if '_proj' in k]
    muon = Muon(layers)
    adam = torch.optim.Adam([
        {'params': [model.p['model.embed_tokens.weight']], 'scale': 0.5},
        {'params': [model.p['lm_head.weight']], 'scale': 0.1},
        {'params': [v for k, v in model.p.items() if 'norm' in k], 'scale': 0.25},
    ], lr=1.0, betas=(0.9, 0.98), eps=1e-10)
    start = 0
    state_path = os.path.join(o.out, 'state.pt')
    resumes = os.path.exists(state_path)
    if resumes or o.after:
        s = torch.load(state_path if resumes else os.path.join(o.after, 'state.pt'))
        for name, value in s['model'].items():
            model.p[name].data.copy_(value)
        muon.state = s['muon']
        adam.load_state_dict(s['adam'])
        start = s['step'] if resumes else 0
    rng = np.random.default_rng(o.seed + 1000 * start)
    data = [s for path in o.data for s in read_sequences(path)]
    stream = (copy_batches(o.batch, 96, config['vocab_size'], rng) if o.stage == 'copy'
              else batches(data, o.batch, rng, o.context))
    held = read_sequences(o.eval) if o.eval else None
    families = json.load(open(o.eval + '.json')) if o.eval else None
    log = open(os.path.join(o.out, 'log.jsonl'), 'a')

    def say(entry):
        line = json.dumps({'stage': o.stage, **entry})
        log.write(line + '\n')
        log.flush()
        print(line, flush=True)

    params = list(model.p.values())
    pool = ThreadPoolExecutor(o.workers, initializer=lambda: torch.set_num_threads(1))

    def work(part):
        ids, weights, total = part
        nll, logits, target, w, _ = model.scores(ids, weights)
        loss = (nll * w).sum() / total
        grads = torch.autograd.grad(loss, params)
        sampled = w >= SAMPLED
        right = (logits.detach().argmax(-1) == target)[sampled].sum().item()
        return grads, loss.item(), right, sampled.sum().item()

    total = sum(p.numel() for p in model.p.values())
    say({'parameters': total, 'sequences': len(data), 'options': vars(o)})
    began, tokens, run = time.time(), 0, []
    stop = o.stop or o.steps
    for step in range(start, stop):
        ids, weights = next(stream)
        # Each worker takes every workers-th row. One operation at a time runs on one core, so no core waits for another.
        parts = [(ids[k::o.workers], weights[k::o.workers], weights[:, 1:].sum()) for k in range(o.workers)]
        results = list(pool.map(work, parts))
        for p, *grads in zip(params, *(r[0] for r in results)):
            p.grad = sum(grads[1:], grads[0])
        done = step / o.steps
        rate = min(1, (step - start + 1) / o.warmup) * (1 if done < o.decay_from else
            1 - (1 - o.final) * (done - o.decay_from) / (1 - o.decay_from))
        muon.step(o.lr * rate, o.weight_decay)
        for group in adam.param_groups:
            group['lr'] = o.lr * rate * group['scale']
        adam.step()
        tokens += ids.numel()
        run.append((sum(r[1] for r in results), sum(r[2] for r in results) / sum(r[3] for r in results)))
        if (step + 1) % 25 == 0:
            r = np.mean(run, 0)
            run = []
            say({'step': step + 1, 'loss': round(r[0], 4), 'token_accuracy': round(r[1], 4),
                 'lr': round(o.lr * rate, 5), 'seconds': round(time.time() - began),
                 'tokens_per_s': round(tokens / (time.time() - began))})
        if (step + 1) % o.every == 0 or step + 1 == stop:
            write_safetensors(os.path.join(o.out, 'model.safetensors'), model.p)
            torch.save({'model': {k: v.data for k, v in model.p.items()}, 'muon': muon.state,
                        'adam': adam.state_dict(), 'step': step + 1}, state_path)
            if held:
                say({'step': step + 1, **evaluate(model, held, families)})


if __name__ == '__main__':
    main()
