/** A compute shader with its interface written down, so that nothing baked into its text can be forgotten in the key. */
import type { PackedFormat } from './weights/format';

export type UniformKind = 'u32' | 'i32' | 'f32';
export type UniformType = UniformKind | 'vec4u';

export interface Program {
  /** Unique per WGSL text: name and every number that the text depends on. */
  readonly key: string;
  /** Storage buffers in binding order; `rw` for those written. At most 8, the WebGPU minimum limit. */
  readonly storage: readonly StorageBinding[];
  /** Fields of the uniform block `p`, in order. `vec4u` fields must come first (alignment). */
  readonly uniforms: readonly UniformField[];
  readonly workgroup: readonly [number, number, number];
  /** WGSL extensions that the text needs; the caller checks that the device has them. */
  readonly enables?: readonly 'subgroups'[];
  /** WGSL after the declarations of bindings and uniforms; must define `main`'s body helpers and `main`. */
  readonly body: string;
}

export interface StorageBinding {
  readonly name: string;
  /** WGSL type, e.g. `array<f32>`. */
  readonly type: string;
  readonly access: 'r' | 'rw';
  /** What the words stand for, where that is not what `type` says: only slices of this format may be bound. */
  readonly format?: PackedFormat;
}

export interface UniformField {
  readonly name: string;
  readonly type: UniformType;
}

/** Kind of every 32-bit word of the uniform block. @throws Error when a vec4u follows a scalar */
export function uniformKinds(fields: readonly UniformField[]): readonly UniformKind[] {
  const kinds: UniformKind[] = [];
  let scalars = false;
  for (const { name, type } of fields) {
    if (type === 'vec4u' && scalars) {
      throw new Error(`Uniform ${name}: vec4u fields must come before scalar fields.`);
    }
    scalars ||= type !== 'vec4u';
    if (type === 'vec4u') kinds.push('u32', 'u32', 'u32', 'u32');
    else kinds.push(type);
  }
  return kinds;
}

/** Full WGSL of a program. */
export function wgslOf(program: Program): string {
  const storage = program.storage
    .map(
      (b, i) =>
        `@group(0) @binding(${i}) var<storage, ${b.access === 'r' ? 'read' : 'read_write'}> ${b.name}: ${b.type};`,
    )
    .join('\n');
  const wgslType = (type: UniformType) => (type === 'vec4u' ? 'vec4<u32>' : type);
  const fields = program.uniforms.map((f) => `  ${f.name}: ${wgslType(f.type)},`).join('\n');
  const uniforms =
    program.uniforms.length === 0
      ? ''
      : `struct Uniforms {\n${fields}\n}\n@group(0) @binding(${program.storage.length}) var<uniform> p: Uniforms;\n`;
  const enables = (program.enables ?? []).map((name) => `enable ${name};\n`).join('');
  return `${enables}${storage}\n${uniforms}\n${program.body}`;
}
