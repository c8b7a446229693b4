/** Folds a low-rank adapter into a copy of the weights, so that token steps need no second product. */
import type { Gpu, Slice } from '../gpu';
import type { LowRank } from '../linear/linear';
import type { Program } from '../program';
import { elementwise, ELEMENTWISE_SIZE } from '../wgsl/common';

/** @param vec4 four columns at a time */
const program = (vec4: boolean): Program => {
  const value = vec4 ? 'vec4<f32>' : 'f32';
  const values = `array<${value}>`;
  return {
    key: `merge-low-rank${vec4 ? '-vec4' : ''}`,
    storage: [
      { name: 'w', type: values, access: 'r' },
      { name: 'a', type: values, access: 'r' },
      { name: 'b', type: 'array<f32>', access: 'r' },
      { name: 'o', type: values, access: 'rw' },
    ],
    uniforms: [
      { name: 'count', type: 'u32' },
      { name: 'inputs', type: 'u32' },
      { name: 'first', type: 'u32' },
      { name: 'rank', type: 'u32' },
      { name: 'adapted', type: 'u32' },
      { name: 'u0', type: 'u32' },
      { name: 'l0', type: 'u32' },
      { name: 'scale', type: 'f32' },
    ],
    workgroup: [ELEMENTWISE_SIZE, 1, 1],
    body: elementwise(
      ELEMENTWISE_SIZE,
      `let row = i / p.inputs;
  let column = i % p.inputs;
  let at = p.first * p.inputs + i;
  var sum = ${value}(0.0);
  if (p.adapted == 1u) {
    for (var j = 0u; j < p.rank; j++) {
      sum = fma(${value}(b[(p.l0 + row) * p.rank + j]), a[(p.u0 + j) * p.inputs + column], sum);
    }
  }
  o[at] = fma(${value}(p.scale), sum, w[at]);`,
    ),
  };
};
const PROGRAMS = { one: program(false), four: program(true) } as const;

/** out [outputs, inputs] = weight + scale·B·A per block of outputs; blocks without a low-rank part are copied. */
export function mergeLowRank(
  gpu: Gpu,
  args: { weight: Slice; low: LowRank; out: Slice },
  inputs: number,
): void {
  const { a, b, rank, blocks } = args.low;
  const width = inputs % 4 === 0 ? 4 : 1;
  for (const { firstRow, rows, lora } of blocks) {
    const count = (rows * inputs) / width;
    gpu.run(
      width === 4 ? PROGRAMS.four : PROGRAMS.one,
      [args.weight, a, b, args.out],
      [
        count,
        inputs / width,
        firstRow,
        rank,
        lora === null ? 0 : 1,
        lora?.u0 ?? 0,
        lora?.l0 ?? 0,
        lora?.scale ?? 0,
      ],
      gpu.grid(count, ELEMENTWISE_SIZE),
    );
  }
}
