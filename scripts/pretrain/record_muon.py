#!/usr/bin/env python3
"""Records what the optimiser of pretrain_torch.py does to small matrices, as golden values of src/kernels/ops/muon.

Usage: python3 scripts/pretrain/record_muon.py > src/kernels/ops/muon/golden.json
Two steps per shape, in float64, from numbers that float32 holds exactly.
"""
import json
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..'))
from pretrain_torch import Muon  # noqa: E402

STEP = {'learningRate': 0.02, 'momentum': 0.95, 'weightDecay': 0.01}


def main():
    generator = torch.Generator().manual_seed(1)
    cases = []
    for rows, cols in ((4, 4), (7, 3), (3, 8)):
        def draw(scale):
            return (torch.randn(2, rows, cols, generator=generator) * scale * 1024).round().double() / 1024

        start = draw(1)
        params = [torch.nn.Parameter(matrix.clone()) for matrix in start]
        muon = Muon(params, STEP['momentum'])
        muon.state = {shape: state.double() for shape, state in muon.state.items()}
        gradients = [draw(0.5), draw(0.25)]
        for gradient in gradients:
            for p, g in zip(params, gradient):
                p.grad = g
            muon.step(STEP['learningRate'], STEP['weightDecay'])
        cases.append({
            'shape': [2, rows, cols],
            'start': start.flatten().tolist(),
            'gradients': [g.flatten().tolist() for g in gradients],
            'parameters': torch.stack([p.data for p in params]).flatten().tolist(),
            'momentum': muon.state[(rows, cols)].flatten().tolist(),
        })
    print(json.dumps({'step': STEP, 'cases': cases}))


if __name__ == '__main__':
    main()
