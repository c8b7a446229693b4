/** A named float32 tensor on the CPU, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
/** Tensors by name. */
export type HostTensors = ReadonlyMap<string, HostTensor>;
