/**
 * Registers kernels with tfjs under one typed description. tfjs looks a kernel up by name and backend, and hands over
 * untyped records; this is the only place that sees them.
 */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { OpError } from '../errors';
import type { Gpu, Slice } from '../gpu';
import { flushTfjs, gpuOf, makeOutput, sliceOf } from '../tensors';

/** One `T` per required input and perhaps one per optional input. */
export type Inputs<Required extends string, Optional extends string, T> = {
  readonly [K in Required]: T;
} & { readonly [K in Optional]?: T };
export type Outputs<Out extends string, T> = { readonly [K in Out]: T };

export type Shape = readonly number[];
/** Numbers on the CPU, row-major. */
export type Numbers = ArrayLike<number>;
/** What a kernel is told beside its tensors; tfjs hands objects on as they are. */
export type Attributes = Readonly<Record<string, number | boolean | object>>;

export interface OutputSpec {
  readonly shape: Shape;
  readonly dtype: 'float32' | 'int32';
}

export interface KernelDefinition<
  Required extends string,
  Optional extends string,
  Out extends string,
  Attrs extends Attributes,
> {
  readonly name: string;
  /** Outputs in tfjs's order. */
  readonly outputs: readonly Out[];
  /** Shapes and dtypes of the outputs; inputs were validated by the op's entry. */
  specs(shapes: Inputs<Required, Optional, Shape>, attrs: Attrs): Outputs<Out, OutputSpec>;
  /** The reference: sums in float64, results rounded to the output's dtype by the caller. */
  cpu(
    inputs: Inputs<Required, Optional, Numbers>,
    shapes: Inputs<Required, Optional, Shape>,
    attrs: Attrs,
  ): Outputs<Out, Numbers>;
  /** Records dispatches. Outputs hold anything before. Not called when an input is empty: outputs are then zeros. */
  webgpu(
    gpu: Gpu,
    inputs: Inputs<Required, Optional, Slice>,
    outputs: Outputs<Out, Slice>,
    shapes: Inputs<Required, Optional, Shape>,
    attrs: Attrs,
  ): void;
}

/** Runs a registered kernel on the tensors' backend. Undefined inputs are left out. */
export type Kernel<
  Required extends string,
  Optional extends string,
  Out extends string,
  Attrs extends Attributes,
> = (
  inputs: { readonly [K in Required]: tf.Tensor } & { readonly [K in Optional]?: tf.Tensor | undefined },
  attrs: Attrs,
) => Outputs<Out, tf.Tensor>;

export interface GradientCall<
  Required extends string,
  Optional extends string,
  Out extends string,
  Attrs extends Attributes,
> {
  /** Zeros for outputs that the result does not depend on. */
  readonly dy: Outputs<Out, tf.Tensor>;
  readonly inputs: Inputs<Required, Optional, tf.Tensor>;
  readonly attrs: Attrs;
  /** An output of the forward pass that the gradient said it saves. */
  readonly saved: (output: Out) => tf.Tensor;
}

export type Gradient<
  Required extends string,
  Optional extends string,
  Out extends string,
  Attrs extends Attributes,
> =
  | {
      readonly kind: 'gradient';
      readonly saves?: readonly Out[];
      /** One function per differentiable input; tfjs calls those it needs. */
      of(call: GradientCall<Required, Optional, Out, Attrs>): {
        readonly [K in Required | Optional]?: () => tf.Tensor;
      };
    }
  | { readonly kind: 'none'; readonly reason: string };

/** A kernel that tfjs knows by now. */
export interface RegisteredOp {
  readonly name: string;
  /** A gradient kernel is called by gradients only. */
  readonly role: 'op' | 'gradient kernel';
  readonly differentiable: boolean;
}

const registered = new Map<string, RegisteredOp>();

/** Every op and gradient kernel so far; each has kernels for cpu and webgpu and a gradient entry. */
export function registeredOps(): RegisteredOp[] {
  return [...registered.values()];
}

/** Registers an op: kernels for both backends, and its gradient. */
export function defineOp<
  Required extends string,
  Optional extends string,
  Out extends string,
  Attrs extends Attributes,
>(
  definition: KernelDefinition<Required, Optional, Out, Attrs>,
  gradient: Gradient<Required, Optional, Out, Attrs>,
): Kernel<Required, Optional, Out, Attrs> {
  return register(definition, gradient, 'op');
}

/** Registers a kernel that only gradients call. */
export function defineGradientKernel<
  Required extends string,
  Optional extends string,
  Out extends string,
  Attrs extends Attributes,
>(definition: KernelDefinition<Required, Optional, Out, Attrs>): Kernel<Required, Optional, Out, Attrs> {
  const reason = 'second derivatives are not supported';
  return register(definition, { kind: 'none', reason }, 'gradient kernel');
}

function register<R extends string, O extends string, Out extends string, A extends Attributes>(
  definition: KernelDefinition<R, O, Out, A>,
  gradient: Gradient<R, O, Out, A>,
  role: RegisteredOp['role'],
): Kernel<R, O, Out, A> {
  const kernelName = `MailGym${definition.name}`;
  if (registered.has(kernelName)) throw OpError.of('op/registered-twice', { op: kernelName });
  registered.set(kernelName, { name: kernelName, role, differentiable: gradient.kind === 'gradient' });
  tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc: cpuKernel(definition) });
  tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: webgpuKernel(definition) });
  tf.registerGradient(gradientConfig(kernelName, definition, gradient));
  return (inputs, attrs) => {
    const given = inputs as Readonly<Record<string, tf.Tensor | undefined>>;
    const names = Object.keys(given).filter((name) => given[name] !== undefined);
    // A list instead of a record: only then can tfjs save all inputs for a gradient.
    const list = names.map((name) => given[name]) as unknown as tf.NamedTensorMap;
    const tensors = tf.engine().runKernel<tf.Tensor[]>(kernelName, list, {
      ...(attrs as tf.NamedAttrMap),
      [NAMES]: names,
    });
    return byName(definition.outputs, tensors);
  };
}

/** Attribute that carries the names of the inputs given, in order. */
const NAMES = 'inputNames';

type KernelCall = Parameters<tf.KernelFunc>[0];

function byName<K extends string, T>(names: readonly K[], values: readonly T[]): Outputs<K, T> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Outputs<K, T>;
}

/** The parts of a call, typed by the definition it was made for. */
function unpack<R extends string, O extends string, Out extends string, A extends Attributes>(
  definition: KernelDefinition<R, O, Out, A>,
  call: KernelCall,
) {
  const attrs = call.attrs as unknown as A;
  const names = (call.attrs as Record<string, unknown>)[NAMES] as readonly (R | O)[];
  const infos = Object.values(call.inputs) as tf.TensorInfo[];
  const named = <T>(of: (info: tf.TensorInfo) => T) =>
    byName(names, infos.map(of)) as unknown as Inputs<R, O, T>;
  const shapes = named((info) => info.shape as Shape);
  return { attrs, infos, named, shapes, specs: definition.specs(shapes, attrs) };
}

const sizeOf = (shape: Shape) => shape.reduce((a, b) => a * b, 1);
const typed = (dtype: OutputSpec['dtype'], values: Numbers) =>
  dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);

function cpuKernel<R extends string, O extends string, Out extends string, A extends Attributes>(
  definition: KernelDefinition<R, O, Out, A>,
): tf.KernelFunc {
  return (call) => {
    const backend = call.backend as tf.KernelBackend;
    const { attrs, named, shapes, specs } = unpack(definition, call);
    const inputs = named((info) => backend.readSync(info.dataId) as Float32Array | Int32Array);
    const results = definition.cpu(inputs, shapes, attrs);
    return definition.outputs.map((name) => {
      const { dtype } = specs[name];
      const shape = [...specs[name].shape];
      return { dataId: backend.write(typed(dtype, results[name]), shape, dtype), shape, dtype };
    });
  };
}

function webgpuKernel<R extends string, O extends string, Out extends string, A extends Attributes>(
  definition: KernelDefinition<R, O, Out, A>,
): tf.KernelFunc {
  return (call) => {
    const backend = call.backend as WebGPUBackend;
    const gpu = gpuOf(backend);
    gpu.check();
    const { attrs, infos, named, shapes, specs } = unpack(definition, call);
    if (infos.some((info) => sizeOf(info.shape) === 0)) {
      return definition.outputs.map((name) => {
        const { shape, dtype } = specs[name];
        return backend.makeTensorInfo([...shape], dtype, typed(dtype, new Float32Array(sizeOf(shape))));
      });
    }
    const inputs = named((info) => sliceOf(backend, info));
    const outputs = definition.outputs.map((name) =>
      makeOutput(backend, specs[name].shape, specs[name].dtype),
    );
    flushTfjs(backend);
    const slices = byName(
      definition.outputs,
      outputs.map((info) => sliceOf(backend, info)),
    );
    definition.webgpu(gpu, inputs, slices, shapes, attrs);
    gpu.flush();
    return outputs;
  };
}

function gradientConfig<R extends string, O extends string, Out extends string, A extends Attributes>(
  kernelName: string,
  definition: KernelDefinition<R, O, Out, A>,
  gradient: Gradient<R, O, Out, A>,
): tf.GradConfig {
  if (gradient.kind === 'none') {
    return {
      kernelName,
      gradFunc: () => {
        throw OpError.of('op/no-gradient', { op: kernelName, reason: gradient.reason });
      },
    };
  }
  const saves = gradient.saves ?? [];
  return {
    kernelName,
    saveAllInputs: true,
    outputsToSave: definition.outputs.map((name) => saves.includes(name)),
    gradFunc: (dy, saved, attributes) => {
      const names = attributes[NAMES] as unknown as readonly (R | O)[];
      const kept = definition.outputs.filter((name) => saves.includes(name));
      const functions = gradient.of({
        dy: byName(definition.outputs, Array.isArray(dy) ? dy : [dy]),
        inputs: byName(names, saved) as unknown as Inputs<R, O, tf.Tensor>,
        attrs: attributes as unknown as A,
        saved: (output) => {
          const tensor = saved[names.length + kept.indexOf(output)];
          if (!kept.includes(output) || tensor === undefined) {
            throw OpError.of('op/unsaved', { op: kernelName, output });
          }
          return tensor;
        },
      });
      const refuse = (name: string) => () => {
        throw OpError.of('op/no-gradient-of', { op: kernelName, name });
      };
      return Object.fromEntries(names.map((name, i) => [String(i), functions[name] ?? refuse(name)]));
    },
  };
}
