/** Who holds how much of a recorder's memory, by groups of buffer labels: now, and at most so far. */
export class MemoryLedger {
  readonly #groupOf: (label: string) => string;
  readonly #held = new Map<GPUBuffer, { readonly group: string; readonly bytes: number }>();
  readonly #now = new Map<string, number>();
  readonly #peak = new Map<string, number>();

  constructor(groupOf: (label: string) => string) {
    this.#groupOf = groupOf;
  }

  take(buffer: GPUBuffer, label: string, bytes: number): void {
    const group = this.#groupOf(label);
    const now = (this.#now.get(group) ?? 0) + bytes;
    this.#held.set(buffer, { group, bytes });
    this.#now.set(group, now);
    this.#peak.set(group, Math.max(now, this.#peak.get(group) ?? 0));
  }

  give(buffer: GPUBuffer): void {
    const held = this.#held.get(buffer);
    if (held === undefined) return;
    this.#held.delete(buffer);
    this.#now.set(held.group, (this.#now.get(held.group) ?? 0) - held.bytes);
  }

  /** Most bytes of a group at once. Groups may have theirs at different times. */
  peakBytes(group: string): number {
    return this.#peak.get(group) ?? 0;
  }
}
