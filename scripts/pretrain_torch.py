#!/usr/bin/env python3
"""The warm start with PyTorch on a CPU, for want of a GPU. Not part of the product.

It trains what `npm run pretrain -- --plan DIR` wrote down: schedule, initial weights and batches, step by step
(scripts/pretrain/plan.ts; format of the batches: scripts/pretrain/format.ts). Resumable: a finished stage is not
repeated, one that was cut goes on from its last checkpoint.

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


def collate(sequences):
    """Pads to the longest."""
    n = max(len(ids) for ids, _ in sequences)
    ids = np.zeros((len(sequences), n), np.int64)
    weights = np.zeros((len(sequences), n), np.float32)
    for row, (i, w) in enumerate(sequences):
        ids[row, :len(i)] = i
        weights[row, :len(i)] = w.astype(np.float32) * WEIGHT_UNIT
    return torch.from_numpy(ids), torch.from_numpy(weights)


# ---------------------------------------------------------------- model

class Llama(torch.nn.Module):
    """Names and computation as in Hugging Face LlamaForCausalLM; all parameters zero until they are loaded."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        d, ff, v = c['hidden_size'], c['intermediate_size'], c['vocab_size']

        p = {'model.embed_tokens.weight': (v, d), 'lm_head.weight': (v, d), 'model.norm.weight': (d,)}
        for i in range(c['num_hidden_layers']):
            q = f'model.layers.{i}.'
            for name in ('q_proj', 'k_proj', 'v_proj', 'o_proj'):
                p[q + f'self_attn.{name}.weight'] = (d, d)
            p[q + 'mlp.gate_proj.weight'] = (ff, d)
            p[q + 'mlp.up_proj.weight'] = (ff, d)
            p[q + 'mlp.down_proj.weight'] = (d, ff)
            p[q + 'input_layernorm.weight'] = (d,)
            p[q + 'post_attention_layernorm.weight'] = (d,)
        p = {name: torch.nn.Parameter(torch.zeros(shape)) for name, shape in p.items()}
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
def evaluate(model, sequences, size=32):
    """Teacher-forced numbers on held-out sequences.

    greedy: share of sequences whose every scored token is the model's first choice (a lower bound of the greedy
    success). sampled: mean probability of all scored tokens of a sequence (a lower bound at temperature 1). search,
    read, answer: share of turns of that place which are the model's first choice throughout."""
    greedy, sampled, turns = [], [], {}
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i][0]))
    for at in range(0, len(order), size):
        part = order[at:at + size]
        ids, weights = collate([sequences[i] for i in part])
        nll, logits, target, _, row = model.scores(ids, weights)
        right = (logits.argmax(-1) == target).numpy()
        nll, row, target = nll.numpy(), row.numpy(), target.numpy()
        for r in range(len(part)):
            mine = row == r
            ok, loss, ends = right[mine], nll[mine], np.flatnonzero(target[mine] == 1)
            greedy.append(ok.all())
            sampled.append(math.exp(-loss.sum()))
            start = 0
            for turn, end in enumerate(ends):
                name = 'search' if turn == 0 else 'answer' if turn == len(ends) - 1 else 'read'
                turns.setdefault(name, []).append(ok[start:end + 1].all())
                start = end + 1
    mean = lambda xs: round(float(np.mean(xs)), 4)
    return {'greedy': mean(greedy), 'sampled': mean(sampled), **{k: mean(v) for k, v in turns.items()}}


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

class Trainer:
    """Model and optimiser of a plan."""

    def __init__(self, plan, config, workers):
        torch.set_num_threads(1)
        self.plan, self.workers = plan, workers
        self.model = Llama(config)
        self.params = list(self.model.p.values())
        self.pool = ThreadPoolExecutor(workers, initializer=lambda: torch.set_num_threads(1))
        self.forget()

    def forget(self):
        """A new optimiser."""
        p, muon, adam = self.model.p, self.plan['muon'], self.plan['adam']
        rates = muon['rates']
        self.muon = Muon([v for k, v in p.items() if '_proj' in k], muon['momentum'])
        self.adam = torch.optim.Adam([
            {'params': [p['model.embed_tokens.weight']], 'scale': rates['embedding']},
            {'params': [p['lm_head.weight']], 'scale': rates['head']},
            {'params': [v for k, v in p.items() if 'norm' in k], 'scale': rates['vector']},
        ], lr=1.0, betas=(adam['beta1'], adam['beta2']), eps=adam['eps'])

    def load_weights(self, tensors):
        for name, value in tensors.items():
            self.model.p[name].data.copy_(value)

    def state(self):
        return {'model': {k: v.data for k, v in self.model.p.items()}, 'muon': self.muon.state,
                'adam': self.adam.state_dict()}

    def load_state(self, state):
        self.load_weights(state['model'])
        self.muon.state = state['muon']
        self.adam.load_state_dict(state['adam'])

    def work(self, part):
        ids, weights, total = part
        nll, logits, target, w, _ = self.model.scores(ids, weights)
        loss = (nll * w).sum() / total
        grads = torch.autograd.grad(loss, self.params)
        right = (logits.detach().argmax(-1) == target).sum().item()
        return grads, loss.item(), right, len(target)

    def step(self, sequences, rate):
        """Answers the loss before the step, the tokens guessed right and the tokens scored."""
        ids, weights = collate(sequences)
        total = weights[:, 1:].sum()
        # Each worker takes every n-th row. One operation at a time runs on one core, so no core waits for another.
        parts = [(ids[k::self.workers], weights[k::self.workers], total) for k in range(self.workers)]
        results = list(self.pool.map(self.work, parts))
        for p, *grads in zip(self.params, *(r[0] for r in results)):
            p.grad = sum(grads[1:], grads[0])
        self.muon.step(rate, self.plan['adam']['weightDecay'])
        for group in self.adam.param_groups:
            group['lr'] = rate * group['scale']
        self.adam.step()
        return tuple(sum(r[i] for r in results) for i in (1, 2, 3))


def rate_at(step, stage):
    """Muon's learning rate; as `stageRate` of scripts/pretrain/stages.ts. `step` counts from 1."""
    warmed = min(1, step / stage['warmupSteps']) if stage['warmupSteps'] else 1
    done = (step - 1) / stage['scheduleSteps']
    begin = stage['decayFrom']
    fallen = 0 if done < begin else (done - begin) / (1 - begin)
    return stage['learningRate'] * warmed * (1 - (1 - stage['finalShare']) * fallen)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--plan', required=True, help='folder that `npm run pretrain -- --plan` wrote')
    a.add_argument('--out', required=True, help='folder for model.safetensors, log.jsonl, state.pt and stages/')
    a.add_argument('--stop', help='STAGE:STEP after which the run ends')
    a.add_argument('--workers', type=int, default=2)
    a.add_argument('--log-every', type=int, default=10, help='steps of one line of the log')
    a.add_argument('--every', type=int, default=100, help='steps between evaluations and checkpoints; a multiple of --log-every')
    o = a.parse_args()
    read = lambda name: open(os.path.join(o.plan, name))
    plan, config = json.load(read('plan.json')), json.load(read('config.json'))
    assert plan['format'] == 1, f'{o.plan} holds no plan of format 1'
    os.makedirs(o.out, exist_ok=True)
    trainer = Trainer(plan, config, o.workers)
    trainer.load_weights(read_safetensors(os.path.join(o.plan, 'initial.safetensors')))
    state_path, log_path = os.path.join(o.out, 'state.pt'), os.path.join(o.out, 'log.jsonl')
    first, done, lines = 0, 0, []
    if os.path.exists(state_path):
        state = torch.load(state_path)
        trainer.load_state(state)
        first, done, lines = state['stage'], state['step'], state['lines']
    with open(log_path, 'w') as f:
        f.writelines(line + '\n' for line in lines)

    def say(entry):
        lines.append(json.dumps(entry))
        with open(log_path, 'a') as f:
            f.write(lines[-1] + '\n')
        print(lines[-1], flush=True)

    def save(stage, step):
        torch.save({**trainer.state(), 'stage': stage, 'step': step, 'lines': lines}, state_path + '.new')
        os.replace(state_path + '.new', state_path)

    for index, stage in enumerate(plan['stages']):
        if index < first:
            continue
        name, size = stage['name'], stage['batchSize']
        data = read_sequences(os.path.join(o.plan, f'{name}.bin'))
        held = read_sequences(os.path.join(o.plan, f'held-out-{name}.bin'))
        if done == 0 and not stage['keepsOptimizer']:
            trainer.forget()
        run, began, tokens = [], time.time(), 0
        for step in range(done + 1, stage['steps'] + 1):
            batch, rate = data[(step - 1) * size:step * size], rate_at(step, stage)
            run.append(trainer.step(batch, rate))
            tokens += sum(len(ids) for ids, _ in batch)
            last, stops = step == stage['steps'], o.stop == f'{name}:{step}'
            if step % o.log_every == 0 or last or stops:
                loss, right, scored = (sum(x) for x in zip(*run))
                say({'stage': name, 'step': step, 'loss': loss / len(run), 'tokenAccuracy': right / scored,
                     'tokensPerSecond': round(tokens / (time.time() - began)), 'learningRate': rate})
                run = []
            if step % o.every == 0 or last:
                say({'stage': name, 'step': step, **evaluate(trainer.model, held)})
            if (step % o.every == 0 and not last) or stops:
                save(index, step)
            if stops:
                return
        done = 0
        folder = os.path.join(o.out, 'stages', name)
        os.makedirs(folder, exist_ok=True)
        write_safetensors(os.path.join(folder, 'model.safetensors'), trainer.model.p)
        write_safetensors(os.path.join(o.out, 'model.safetensors'), trainer.model.p)
        save(index + 1, 0)


if __name__ == '__main__':
    main()
