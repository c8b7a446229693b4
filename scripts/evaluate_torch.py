#!/usr/bin/env python3
"""Plays whole episodes with a warm-start checkpoint: sampled or greedy accuracy through the real tools.

Not part of the product (that is `npm run evaluate`); for choosing checkpoints while no GPU is at hand.
"""
import argparse
import collections
import json
import os
import subprocess
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(__file__))
from pretrain_torch import Llama, read_safetensors  # noqa: E402

END = 1


class Decoder:
    """Feeds one token per row and step; rows are at their own positions."""

    def __init__(self, model, rows, length):
        self.m, c = model, model.c
        shape = (c['num_hidden_layers'], rows, c['num_attention_heads'], length, c['head_dim'])
        self.k, self.v = torch.zeros(shape), torch.zeros(shape)
        self.length = length

    @torch.no_grad()
    def feed(self, ids, at):
        """ids, at: [rows]. Returns logits [rows, vocabulary]."""
        p, c = self.m.p, self.m.c
        b, heads, hd = len(ids), c['num_attention_heads'], c['head_dim']
        cos, sin = self.m.cos[at][:, None], self.m.sin[at][:, None]
        rows = torch.arange(b)
        n = int(at.max()) + 1
        hide = torch.arange(n)[None] > at[:, None]

        def rope(x):
            a, d = x.chunk(2, -1)
            return x * cos + torch.cat([-d, a], -1) * sin

        x = F.embedding(ids, p['model.embed_tokens.weight'])
        for i in range(c['num_hidden_layers']):
            q = f'model.layers.{i}.'
            h = self.m.norm(x, q + 'input_layernorm.weight')
            w = [F.linear(h, p[q + f'self_attn.{s}.weight']).view(b, heads, hd) for s in ('q_proj', 'k_proj', 'v_proj')]
            self.k[i][rows, :, at] = rope(w[1])
            self.v[i][rows, :, at] = w[2]
            a = (rope(w[0])[:, :, None] * self.k[i][:, :, :n]).sum(-1) * hd ** -0.5
            a = a.masked_fill(hide[:, None], float('-inf')).softmax(-1)
            o = (a[..., None] * self.v[i][:, :, :n]).sum(2).reshape(b, heads * hd)
            x = x + F.linear(o, p[q + 'self_attn.o_proj.weight'])
            h = self.m.norm(x, q + 'post_attention_layernorm.weight')
            g = F.silu(F.linear(h, p[q + 'mlp.gate_proj.weight'])) * F.linear(h, p[q + 'mlp.up_proj.weight'])
            x = x + F.linear(g, p[q + 'mlp.down_proj.weight'])
        return F.linear(self.m.norm(x, 'model.norm.weight'), p['lm_head.weight'])


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--weights', required=True)
    a.add_argument('--model', required=True, help='folder with config and tokenizer')
    a.add_argument('--dataset', default='public/datasets/mailgym-office')
    a.add_argument('--split', default='validation')
    a.add_argument('--count', type=int, default=96)
    a.add_argument('--repeat', type=int, default=1)
    a.add_argument('--greedy', action='store_true')
    a.add_argument('--turn-tokens', type=int, default=48)
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--show', type=int, default=0, help='wrong episodes to print')
    o = a.parse_args()
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(o.seed)
    model = Llama(json.load(open(os.path.join(o.model, 'config.json'))))
    for name, value in read_safetensors(o.weights).items():
        model.p[name].data.copy_(value)
    node = subprocess.Popen(
        ['node', '--import', 'tsx', 'scripts/pretrain/episodes.ts', '--model', o.model, '--dataset', o.dataset,
         '--split', o.split, '--count', str(o.count), '--repeat', str(o.repeat)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    info = []
    for line in node.stdout:
        entry = json.loads(line)
        if 'ready' in entry:
            break
        info.append(entry)
    rows, length = len(info), 480
    decoder = Decoder(model, rows, length)
    forced = [collections.deque(e['ids']) for e in info]
    at = torch.zeros(rows, dtype=torch.long)
    turn = [[] for _ in info]
    current = torch.tensor([q.popleft() for q in forced])
    outcome = [None] * rows
    while any(x is None for x in outcome):
        logits = decoder.feed(current, at)
        choice = logits.argmax(-1) if o.greedy else torch.multinomial(logits.softmax(-1), 1, generator=generator)[:, 0]
        for r in range(rows):
            if outcome[r] is not None:
                continue
            if forced[r]:
                current[r] = forced[r].popleft()
            else:
                current[r] = choice[r]
                turn[r].append(int(choice[r]))
                if choice[r] == END or len(turn[r]) >= o.turn_tokens:
                    node.stdin.write(json.dumps({'episode': r, 'ids': turn[r]}) + '\n')
                    node.stdin.flush()
                    reply = json.loads(node.stdout.readline())
                    turn[r] = []
                    if 'end' in reply:
                        outcome[r] = reply
                        continue
                    forced[r].extend(reply['ids'])
            at[r] += 1
            if at[r] >= length - 1:
                outcome[r] = {'end': 'out-of-context', 'correct': False, 'answer': None}
    node.stdin.close()
    correct = [bool(x['correct']) for x in outcome]
    by = collections.defaultdict(list)
    for e, x, ok in zip(info, outcome, correct):
        by['family ' + e['family']].append(ok)
        by['level ' + str(e['level'])].append(ok)
        by['ends ' + x['end']].append(ok)
        by['abstains'].append(x['answer'] == "I don't know")
    mean = lambda xs: round(sum(xs) / len(xs), 3)
    print(json.dumps({'weights': o.weights, 'split': o.split, 'mode': 'greedy' if o.greedy else 'sampled', 'episodes': rows,
                      'accuracy': mean(correct), **{k: [mean(v), len(v)] for k, v in sorted(by.items())}}), flush=True)
    for e, x, ok in zip(info, outcome, correct):
        if not ok and o.show > 0:
            o.show -= 1
            print(e['id'], e['family'], x)


if __name__ == '__main__':
    main()
