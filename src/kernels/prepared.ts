/** Dispatches whose pipelines, bind groups and uniforms are fixed once and recorded many times. */
import { makeBindGroup } from './bind-groups';
import { GpuError } from './errors';
import type { Slice } from './gpu';
import type { Pipelines } from './pipelines';
import type { Program, StorageBinding } from './program';
import { UniformRing } from './uniforms';

/** One dispatch with everything but its grid. */
export interface DispatchSpec {
  readonly program: Program;
  readonly slices: readonly Slice[];
  /** One number per word of the uniform block. */
  readonly uniforms: readonly number[];
}

export interface PreparedDispatches {
  readonly items: readonly {
    readonly pipeline: GPUComputePipeline;
    readonly group: GPUBindGroup;
    /** Dynamic offsets in `uniforms`. */
    readonly offsets: readonly number[];
  }[];
  readonly uniforms: GPUBuffer;
}

/** @throws GpuError when slices or uniforms do not fit a program */
export function prepareDispatches(
  device: GPUDevice,
  pipelines: Pipelines,
  specs: readonly DispatchSpec[],
): PreparedDispatches {
  const ring = new UniformRing(device, Math.max(specs.length, 1));
  const items = specs.map(({ program, slices, uniforms }) => {
    checkSlices(program, slices);
    const compiled = pipelines.of(program);
    return {
      pipeline: compiled.pipeline,
      group: makeBindGroup(device, compiled, slices, ring.buffer),
      offsets: compiled.uniforms.length > 0 ? [ring.put(compiled, uniforms)] : [],
    };
  });
  ring.send();
  return { items, uniforms: ring.buffer };
}

export function checkSlices(program: Program, slices: readonly Slice[]): void {
  const { key, storage } = program;
  if (slices.length !== storage.length) {
    throw GpuError.of('gpu/buffers', { program: key, needed: storage.length, given: slices.length });
  }
  for (let i = 0; i < storage.length; i++) {
    const { name, format } = storage[i] as StorageBinding;
    const given = (slices[i] as Slice).format;
    if (format !== given) {
      throw GpuError.of('gpu/buffer-format', {
        program: key,
        name,
        needed: format ?? 'plain',
        given: given ?? 'plain',
      });
    }
  }
}
