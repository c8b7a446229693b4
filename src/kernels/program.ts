/** A compute shader with its interface written down, so that nothing baked into its text can be forgotten in the key. */

export type UniformType = 'u32' | 'i32' | 'f32' | 'vec4u';

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
}

export interface UniformField {
  readonly name: string;
  readonly type: UniformType;
}

const UNIFORM_WORDS: Record<UniformType, number> = { u32: 1, i32: 1, f32: 1, vec4u: 4 };

/** 32-bit words of the uniform block. */
export function uniformWords(fields: readonly UniformField[]): number {
  let words = 0;
  let scalars = false;
  for (const field of fields) {
    if (field.type === 'vec4u' && scalars) {
      throw new Error(`Uniform ${field.name}: vec4u fields must come before scalar fields.`);
    }
    scalars ||= field.type !== 'vec4u';
    words += UNIFORM_WORDS[field.type];
  }
  return words;
}

/** Writes one number per scalar and four per vec4u into `view` at byte `offset`. */
export function writeUniforms(
  fields: readonly UniformField[],
  values: readonly number[],
  view: DataView,
  offset: number,
): void {
  let at = offset;
  let next = 0;
  for (const field of fields) {
    const count = UNIFORM_WORDS[field.type];
    for (let i = 0; i < count; i++) {
      const value = values[next++];
      if (value === undefined)
        throw new Error(`Uniform ${field.name} has no value (${values.length} given).`);
      if (field.type === 'f32') view.setFloat32(at, value, true);
      else if (field.type === 'i32') view.setInt32(at, value, true);
      else view.setUint32(at, value, true);
      at += 4;
    }
  }
  if (next !== values.length) {
    throw new Error(
      `${values.length} uniform values were given for ${next} words of ${fields.map((f) => f.name).join(', ')}.`,
    );
  }
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
