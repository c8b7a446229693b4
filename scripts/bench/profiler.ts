/** How long every program runs on the GPU: a pass and two timestamps per dispatch. Works on prototypes, as the meter. */
import type { ProgramTime } from './types';

/** Dispatches per query set, which holds at most 4,096 timestamps. */
const CAPACITY = 2048;

/** Looks like a pass; each dispatch becomes a pass of its own. */
class TimedPass {
  readonly #begin: (label: string) => GPUComputePassEncoder;
  readonly #groups = new Map<number, Parameters<GPUComputePassEncoder['setBindGroup']>>();
  #pipeline: GPUComputePipeline | null = null;

  constructor(begin: (label: string) => GPUComputePassEncoder) {
    this.#begin = begin;
  }

  setPipeline(pipeline: GPUComputePipeline): void {
    this.#pipeline = pipeline;
  }

  setBindGroup(...group: Parameters<GPUComputePassEncoder['setBindGroup']>): void {
    this.#groups.set(group[0], group);
  }

  dispatchWorkgroups(x: number, y = 1, z = 1): void {
    if (this.#pipeline === null) throw new Error('A dispatch without a pipeline.');
    const pass = this.#begin(this.#pipeline.label);
    pass.setPipeline(this.#pipeline);
    for (const group of this.#groups.values()) pass.setBindGroup(...group);
    pass.dispatchWorkgroups(x, y, z);
    pass.end();
  }

  end(): void {}
}

/**
 * Runs `work`, which uses one device, with every dispatch timed. Passes of their own cost a little each, so the sum is
 * above an untimed run's.
 * @throws Error where the device has no timestamps
 */
export async function profile(work: () => Promise<unknown>): Promise<ProgramTime[]> {
  const querySets: GPUQuerySet[] = [];
  const labels: string[] = [];
  let device: GPUDevice | null = null;
  const next = (label: string) => {
    if (device === null) throw new Error('A command encoder from before the profile.');
    if (!device.features.has('timestamp-query')) throw new Error('This device tells no timestamps.');
    const at = 2 * ((labels.push(label) - 1) % CAPACITY);
    if (at === 0) querySets.push(device.createQuerySet({ type: 'timestamp', count: 2 * CAPACITY }));
    const querySet = querySets.at(-1) as GPUQuerySet;
    return { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
  };
  const { createCommandEncoder } = GPUDevice.prototype;
  const { beginComputePass } = GPUCommandEncoder.prototype;
  GPUDevice.prototype.createCommandEncoder = function (...args) {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    device = this;
    return createCommandEncoder.apply(this, args);
  };
  GPUCommandEncoder.prototype.beginComputePass = function () {
    return new TimedPass((label) =>
      beginComputePass.call(this, { timestampWrites: next(label) }),
    ) as unknown as GPUComputePassEncoder;
  };
  try {
    await work();
  } finally {
    GPUDevice.prototype.createCommandEncoder = createCommandEncoder;
    GPUCommandEncoder.prototype.beginComputePass = beginComputePass;
  }
  const times: bigint[] = [];
  for (const querySet of querySets) {
    const left = labels.length - times.length / 2;
    times.push(...(await readTimes(device as unknown as GPUDevice, querySet, Math.min(left, CAPACITY))));
    querySet.destroy();
  }
  const totals = new Map<string, { dispatches: number; milliseconds: number }>();
  labels.forEach((label, i) => {
    const total = totals.get(label) ?? { dispatches: 0, milliseconds: 0 };
    total.dispatches++;
    total.milliseconds += Number((times[2 * i + 1] as bigint) - (times[2 * i] as bigint)) / 1e6;
    totals.set(label, total);
  });
  return [...totals]
    .map(([program, total]) => ({ program, ...total }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

async function readTimes(device: GPUDevice, querySet: GPUQuerySet, dispatches: number) {
  const size = 16 * dispatches;
  const resolved = device.createBuffer({
    size,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.resolveQuerySet(querySet, 0, 2 * dispatches, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const times = new BigInt64Array(staging.getMappedRange().slice(0));
  staging.destroy();
  resolved.destroy();
  return times;
}
