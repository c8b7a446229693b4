/** What attention kernels have in common: the vectors of a head, and one key of a softmax. */
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Most parts of a vector that have registers of their own. */
const MOST_REGISTERS = 32;
/** Stands for the number of a part in text that is to be looped over. */
const EACH = '§';

/** Number of a part, or the mark of all of them. */
export type PartIndex = number | typeof EACH;

/**
 * Head vectors as `parts` values of vec4 where the head size allows it, else of f32. Up to heads of 128 each part is a
 * register by name. Larger vectors fit no machine's registers, and compilers take minutes over so much straight text
 * (Mesa: 45 s for one kernel with heads of 256): they are arrays, and statements are loops over them.
 */
export class HeadVector {
  /** Parts that a lane holds. */
  readonly parts: number;
  /** Parts of the vector in memory. */
  readonly whole: number;
  readonly vec4: boolean;
  /** Lies in an array, not in registers. */
  readonly isLooped: boolean;
  /**
   * @param split Neighbouring lanes that hold a vector together, a power of two: lane `sub` of them has parts
   *   sub, sub + split, …, so that they load what lies side by side. More than one need subgroups of so many.
   * @throws Error where the lanes cannot share the vector evenly
   */
  constructor(
    headDim: number,
    readonly split = 1,
  ) {
    this.vec4 = headDim % 4 === 0;
    this.whole = this.vec4 ? headDim / 4 : headDim;
    if (this.whole % split !== 0) throw new Error(`${split} lanes cannot share a head of ${headDim}.`);
    this.parts = this.whole / split;
    this.isLooped = this.parts > MOST_REGISTERS;
  }
  /** Type of a part. */
  get part(): string {
    return this.vec4 ? 'vec4<f32>' : 'f32';
  }
  get type(): string {
    return `array<${this.part}>`;
  }
  get zero(): string {
    return this.vec4 ? 'vec4<f32>(0.0)' : '0.0';
  }
  /** Where part `c` of a lane lies in the vector. */
  at(c: PartIndex): string {
    return this.split === 1 ? `${c}u` : `(${c}u * ${this.split}u + sub)`;
  }
  /** Declares `joined`, which adds up what the lanes of a vector have each; outside of functions. */
  get join(): string {
    if (this.split === 1) return '';
    const masks = range(Math.log2(this.split)).map((bit) => 1 << bit);
    return `fn joined(mine: f32) -> f32 {
  var sum = mine;
  ${masks.map((mask) => `sum += subgroupShuffleXor(sum, ${mask}u);`).join(' ')}
  return sum;
}`;
  }
  /** Comes first in a function, with `p.heads` at hand: what vectors of these names need that lie in arrays. */
  vectors(...names: readonly string[]): string {
    if (!this.isLooped) return '';
    const arrays = names.map((name) => `var ${arrayOf(name)}: array<${this.part}, ${this.parts}>;`);
    // No constant to a compiler, which would otherwise write the loops out again.
    return `${arrays.join(' ')} let parts = select(${this.parts}u, 0u, p.heads == 0u);`;
  }
  /**
   * Sets `name0` … to the vector at `buffer[at]`, the same in all lanes of the workgroup, whose index is `lane`. Of
   * `shared` lanes each loads one part and broadcasts it; 0: every lane loads all.
   */
  load(name: string, buffer: string, at: string, shared: number): string {
    if (shared === 0) return this.each((c) => `let ${name}${c} = ${buffer}[${at} + ${this.at(c)}];`);
    if (this.isLooped) return this.#loadLooped(name, buffer, at, shared);
    const groups = Math.ceil(this.parts / shared);
    const mine = range(groups).map(
      (g) =>
        `let ${name}_part${g} = ${buffer}[${at} + min(${g * shared}u + lane % ${shared}u, ${this.parts - 1}u)];`,
    );
    const all = range(this.parts).map(
      (c) => `let ${name}${c} = subgroupBroadcast(${name}_part${Math.floor(c / shared)}, ${c % shared}u);`,
    );
    return `${mine.join(' ')} ${all.join(' ')}`;
  }
  #loadLooped(name: string, buffer: string, at: string, shared: number): string {
    const last = this.parts - 1;
    const all = range(shared).map(
      (l) => `${arrayOf(name)}[min(g + ${l}u, ${last}u)] = subgroupBroadcast(mine, ${l}u);`,
    );
    return `for (var g = 0u; g < parts; g += ${shared}u) {
      let mine = ${buffer}[${at} + min(g + lane % ${shared}u, ${last}u)];
      ${all.join(' ')}
    }`;
  }
  /** A statement for every part; in it a vector's part is its name followed by the number. */
  each(statement: (c: PartIndex) => string): string {
    if (!this.isLooped) return range(this.parts).map(statement).join(' ');
    return `for (var c = 0u; c < parts; c++) { ${looped(statement(EACH))} }`;
  }
  /** Defines `name` as the sum of products of two vectors. */
  dot(name: string, a: (c: PartIndex) => string, b: (c: PartIndex) => string): string {
    const product = (c: PartIndex) => (this.vec4 ? `dot(${a(c)}, ${b(c)})` : `${a(c)} * ${b(c)}`);
    if (this.isLooped) {
      const mine = this.split === 1 ? name : `${name}_mine`;
      const sum = `var ${mine} = 0.0; ${this.each((c) => `${mine} += ${product(c)};`)}`;
      return this.split === 1 ? sum : `${sum} let ${name} = joined(${mine});`;
    }
    const mine = range(this.parts).map(product).join(' + ');
    return `let ${name} = ${this.split === 1 ? mine : `joined(${mine})`};`;
  }
}

/** Name of the array that a vector of a large head lies in. */
export const arrayOf = (name: string): string => `${name}_all`;

/** `let q§ = cache[at + §u];` as a statement about part c of arrays that are declared elsewhere. */
const looped = (text: string): string =>
  text
    .replace(/\b(?:let|var) (\w+§)/g, '$1')
    .replace(/([A-Za-z_]\w*)§/g, (_, name: string) => `${arrayOf(name)}[c]`)
    .replace(/§u/g, 'c');

/**
 * One key of an online softmax (Milakov & Gimelshein 2018) with score `s`, where `sees` says that it counts. `top` and
 * `total` are the running maximum and sum, `o0` … the sum of values.
 */
export const softmaxStep = (v: HeadVector, value: (c: PartIndex) => string, sees = 'true') => `
      let next = select(top, max(top, s), ${sees});
      let fade = exp(top - next);
      let e = select(0.0, exp(s - next), ${sees});
      total = total * fade + e;
      ${v.each((c) => `o${c} = o${c} * fade + e * ${value(c)};`)}
      top = next;`;
