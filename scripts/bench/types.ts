/** What crosses the benchmark's boundaries: contestants, their costs, the rows of the report. */

/** What one run took. */
export interface Cost {
  /** Milliseconds on the clock. */
  readonly wall: number;
  /** Milliseconds of CPU, all threads of the process (a software GPU's among them); NaN where nothing tells them. */
  readonly cpu: number;
}

/** One side of a comparison. A run ends when the GPU has finished. */
export interface Contestant {
  readonly name: string;
  run(): Promise<Cost>;
  dispose?(): Promise<void> | void;
}

/** Results agree, or they do not; a row whose check failed counts as failed. */
export interface Check {
  readonly ok: boolean;
  /** What was compared, with the worst difference and its bound. */
  readonly what: string;
}

export interface Pair {
  readonly ours: number;
  readonly peer: number | null;
  /** How many times better ours is; null without a peer. */
  readonly ratio: number | null;
}

/** What a kernel moved and computed, against the device's measured ceilings. */
export interface Roofline {
  readonly flops: number;
  readonly bytes: number;
  /** Per second of the row's unit: CPU time on software devices, the clock elsewhere. */
  readonly gflopsPerSecond: number;
  readonly gbytesPerSecond: number;
  /** The least time that the ceilings allow over the time taken. */
  readonly share: number;
  readonly bound: 'compute' | 'memory';
}

/** What one program takes in a piece of work. */
export interface ProgramTime {
  readonly program: string;
  readonly dispatches: number;
  /** On the GPU. */
  readonly milliseconds: number;
}

/** What a row should reach: a bound for its own number, or for how many times better than the peer it is. */
export interface Aim {
  readonly of: 'ours' | 'ratio';
  readonly at: 'least' | 'most';
  readonly bound: number;
}

export interface Goal extends Aim {
  readonly met: boolean;
}

/** One quantity measured at several sizes, and what a model of its growth says there. Equally many points. */
export interface Series {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: readonly number[];
  readonly measured: readonly number[];
  readonly model: readonly number[];
}

export interface Row extends Pair {
  /** For instance `matmul/256x576x1536/tfjs`. */
  readonly id: string;
  readonly what: string;
  /** `CPU ms`, `ms`, `MiB`, `tokens per CPU-s`, … of `ours` and `peer`. */
  readonly unit: string;
  readonly peerName: string | null;
  /** The same on the clock, and in CPU time, where the row is about time. */
  readonly wall?: Pair;
  readonly cpu?: Pair;
  /** Runs behind each median. */
  readonly rounds?: number;
  /** Least and largest ratio of one round. */
  readonly spread?: readonly [number, number];
  readonly check?: Check;
  readonly roofline?: Roofline;
  readonly goal?: Goal;
  /** Behind rows about growth. */
  readonly series?: Series;
  /** Behind rows about where time on the GPU goes; longest first. */
  readonly programs?: readonly ProgramTime[];
  /** ISO 8601, when it was told. */
  readonly date?: string;
  /** What was run exactly, where the id does not say. */
  readonly note?: string;
  /** Set when the row could not be measured; numbers are NaN then. */
  readonly error?: string;
}

export interface Report {
  readonly device: string;
  /** ISO 8601, of the latest run. */
  readonly date: string;
  readonly runtime: 'node' | 'browser';
  /** One or several, separated by commas. */
  readonly arch: string;
  /** CPU model and count, operating system, versions of runtime and peers. */
  readonly machine: string;
  readonly rows: readonly Row[];
}
