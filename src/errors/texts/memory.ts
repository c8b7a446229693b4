/** The GPU memory of a run, as data, in megabytes. */
export interface MemoryNeed {
  readonly peak: number;
  readonly weights: number;
  readonly baseWeights: string;
  /** Adapter and its moments; 0 for none, as the next. */
  readonly trained: number;
  readonly cache: number;
  readonly activations: number;
}

/** Settings that would fit, by name, and the megabytes that they take. */
export interface MemoryProposal {
  readonly changes: Readonly<Record<string, string>>;
  readonly megabytes: number;
}
