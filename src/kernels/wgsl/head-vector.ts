/** What attention kernels have in common: a head's vector in named registers, and one key of a softmax. */
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Head vectors as `parts` registers of vec4 where the head size allows it, else of f32. */
export class HeadVector {
  readonly parts: number;
  readonly vec4: boolean;
  constructor(headDim: number) {
    this.vec4 = headDim % 4 === 0;
    this.parts = this.vec4 ? headDim / 4 : headDim;
  }
  /** Type of a register. */
  get part(): string {
    return this.vec4 ? 'vec4<f32>' : 'f32';
  }
  get type(): string {
    return `array<${this.part}>`;
  }
  get zero(): string {
    return this.vec4 ? 'vec4<f32>(0.0)' : '0.0';
  }
  /**
   * Declares `name0` … with the vector at `buffer[at]`, the same in all lanes of the workgroup, whose index is `lane`. Of
   * `shared` lanes each loads one part and broadcasts it; 0: every lane loads all.
   */
  load(name: string, buffer: string, at: string, shared: number): string {
    if (shared === 0) return this.each((c) => `let ${name}${c} = ${buffer}[${at} + ${c}u];`);
    const groups = Math.ceil(this.parts / shared);
    const mine = range(groups).map(
      (g) =>
        `let ${name}_part${g} = ${buffer}[${at} + min(${g * shared}u + lane % ${shared}u, ${this.parts - 1}u)];`,
    );
    const all = this.each(
      (c) => `let ${name}${c} = subgroupBroadcast(${name}_part${Math.floor(c / shared)}, ${c % shared}u);`,
    );
    return `${mine.join(' ')} ${all}`;
  }
  each(statement: (c: number) => string): string {
    return range(this.parts).map(statement).join(' ');
  }
  /** Sum of products of two register vectors. */
  dot(a: (c: number) => string, b: (c: number) => string): string {
    return range(this.parts)
      .map((c) => (this.vec4 ? `dot(${a(c)}, ${b(c)})` : `${a(c)} * ${b(c)}`))
      .join(' + ');
  }
}

/**
 * One key of an online softmax (Milakov & Gimelshein 2018) with score `s`, where `sees` says that it counts. `top` and
 * `total` are the running maximum and sum, `o0` … the sum of values.
 */
export const softmaxStep = (v: HeadVector, value: (c: number) => string, sees = 'true') => `
      let next = select(top, max(top, s), ${sees});
      let fade = exp(top - next);
      let e = select(0.0, exp(s - next), ${sees});
      total = total * fade + e;
      ${v.each((c) => `o${c} = o${c} * fade + e * ${value(c)};`)}
      top = next;`;
