import type { Activation } from '../../swiglu/swiglu';
import type { Numbers } from '../register';

/** The activation and its derivative, written as in the papers; the kernels compute both from one sigmoid. */
const GATES: Readonly<Record<Activation, (g: number) => { readonly value: number; readonly slope: number }>> =
  {
    silu: (g) => {
      const s = 1 / (1 + Math.exp(-g));
      return { value: g * s, slope: s * (1 + g * (1 - s)) };
    },
    gelu_tanh: (g) => {
      const root = Math.sqrt(2 / Math.PI);
      const t = Math.tanh(root * (g + 0.044715 * g ** 3));
      return {
        value: 0.5 * g * (1 + t),
        slope: 0.5 * (1 + t) + 0.5 * g * (1 - t * t) * root * (1 + 3 * 0.044715 * g * g),
      };
    },
  };

/** h = act(gate)∘up; gateUp is [rows, 2·width], the gate first. */
export function swiglu(gateUp: Numbers, rows: number, width: number, activation: Activation): Float64Array {
  const out = new Float64Array(rows * width);
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(i / width) * 2 * width + (i % width);
    out[i] = GATES[activation](gateUp[at] as number).value * (gateUp[at + width] as number);
  }
  return out;
}

export function swigluGradient(
  gateUp: Numbers,
  dy: Numbers,
  rows: number,
  width: number,
  activation: Activation,
): Float64Array {
  const out = new Float64Array(2 * rows * width);
  for (let i = 0; i < rows * width; i++) {
    const at = Math.floor(i / width) * 2 * width + (i % width);
    const { value, slope } = GATES[activation](gateUp[at] as number);
    const d = dy[i] as number;
    out[at] = d * (gateUp[at + width] as number) * slope;
    out[at + width] = d * value;
  }
  return out;
}
