import type { Numbers } from '../register';

/** h = silu(gate)∘up; gateUp is [rows, 2·width], the gate first. */
export function swiglu(gateUp: Numbers, rows: number, width: number): Float64Array {
  const out = new Float64Array(rows * width);
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(i / width) * 2 * width + (i % width);
    const g = gateUp[at] as number;
    out[i] = (g / (1 + Math.exp(-g))) * (gateUp[at + width] as number);
  }
  return out;
}

export function swigluGradient(gateUp: Numbers, dy: Numbers, rows: number, width: number): Float64Array {
  const out = new Float64Array(2 * rows * width);
  for (let i = 0; i < rows * width; i++) {
    const at = Math.floor(i / width) * 2 * width + (i % width);
    const g = gateUp[at] as number;
    const s = 1 / (1 + Math.exp(-g));
    const d = dy[i] as number;
    out[at] = d * (gateUp[at + width] as number) * s * (1 + g * (1 - s));
    out[at + width] = d * g * s;
  }
  return out;
}
