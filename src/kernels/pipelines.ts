/** Compute pipelines by program: built when first used, or many at once ahead of use. */
import { foreign } from '../errors';
import { GpuError } from './errors';
import { type Program, uniformKinds, type UniformKind, wgslOf } from './program';

export interface Compiled {
  /** Distinct per pipeline, below 2^24. */
  readonly id: number;
  readonly program: Program;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Kind of every 32-bit word of the uniform block. */
  readonly uniforms: readonly UniformKind[];
}

interface Layout {
  readonly group: GPUBindGroupLayout;
  readonly pipeline: GPUPipelineLayout;
}

/** Bytes of the buffers that a rehearsal binds. */
const REHEARSAL_BYTES = 256;

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #layouts = new Map<string, Layout>();
  readonly #compiled = new Map<string, Compiled>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Programs compiled so far, in order of first use. */
  get programs(): readonly Program[] {
    return [...this.#compiled.values()].map(({ program }) => program);
  }

  get count(): number {
    return this.#compiled.size;
  }

  of(program: Program): Compiled {
    const known = this.#compiled.get(program.key);
    if (known !== undefined) return known;
    return this.#register(program, this.#device.createComputePipeline(this.#descriptor(program)));
  }

  /**
   * Compiles what is missing, in parallel, and runs each program once on zeros: some drivers translate a shader only
   * when it is first dispatched, and that would fall into the first step.
   * @throws GpuError naming the program that the device refuses
   */
  async compile(
    programs: readonly Program[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    const missing = [...new Map(programs.map((p) => [p.key, p])).values()].filter(
      ({ key }) => !this.#compiled.has(key),
    );
    if (missing.length === 0) return;
    // One per binding: a pass may not write to a buffer that it also reads.
    const bindings = Math.max(...missing.map(({ storage }) => storage.length)) + 1;
    const zeros = Array.from({ length: bindings }, () =>
      this.#device.createBuffer({
        label: 'rehearsal',
        size: REHEARSAL_BYTES,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM,
      }),
    );
    let done = 0;
    onProgress?.(0, missing.length);
    try {
      await Promise.all(
        missing.map(async (program) => {
          const compiled = await this.#compileOne(program);
          await this.#rehearse(compiled, zeros);
          onProgress?.(++done, missing.length);
        }),
      );
    } finally {
      for (const buffer of zeros) buffer.destroy();
    }
  }

  async #compileOne(program: Program): Promise<Compiled> {
    let pipeline: GPUComputePipeline;
    try {
      pipeline = await this.#device.createComputePipelineAsync(this.#descriptor(program));
    } catch (cause) {
      throw GpuError.of('gpu/program', { program: program.key, reason: foreign(cause) }, { cause });
    }
    // Someone may have needed it meanwhile; bind groups name the first one.
    return this.#compiled.get(program.key) ?? this.#register(program, pipeline);
  }

  /** With all counts 0 a program touches nothing, but its machine code must exist. */
  #rehearse(
    { pipeline, layout, program, uniforms }: Compiled,
    zeros: readonly GPUBuffer[],
  ): Promise<undefined> {
    const bindings = program.storage.length + (uniforms.length > 0 ? 1 : 0);
    const entries = zeros.slice(0, bindings).map((buffer, binding) => ({ binding, resource: { buffer } }));
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    const group = this.#device.createBindGroup({ layout, entries });
    if (uniforms.length > 0) pass.setBindGroup(0, group, [0]);
    else pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(1);
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
    return this.#device.queue.onSubmittedWorkDone();
  }

  #descriptor(program: Program): GPUComputePipelineDescriptor {
    return {
      label: program.key,
      layout: this.#layoutOf(program).pipeline,
      compute: {
        module: this.#device.createShaderModule({ label: program.key, code: wgslOf(program) }),
        entryPoint: 'main',
      },
    };
  }

  #layoutOf({ storage, uniforms }: Program): Layout {
    const signature = storage.map((b) => b.access).join(',') + (uniforms.length > 0 ? ',u' : '');
    let layout = this.#layouts.get(signature);
    if (layout === undefined) {
      const entries: GPUBindGroupLayoutEntry[] = storage.map((b, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: b.access === 'r' ? 'read-only-storage' : 'storage' },
      }));
      if (uniforms.length > 0) {
        entries.push({
          binding: entries.length,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: 'uniform', hasDynamicOffset: true },
        });
      }
      const group = this.#device.createBindGroupLayout({ entries });
      layout = { group, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [group] }) };
      this.#layouts.set(signature, layout);
    }
    return layout;
  }

  #register(program: Program, pipeline: GPUComputePipeline): Compiled {
    const compiled = {
      id: this.#compiled.size,
      program,
      pipeline,
      layout: this.#layoutOf(program).group,
      uniforms: uniformKinds(program.uniforms),
    };
    this.#compiled.set(program.key, compiled);
    return compiled;
  }
}
