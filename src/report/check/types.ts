/** What a check of a device found, as plain data: `doctor` prints it, the page's `?check` shows it. Structured-cloneable. */

export interface AdapterFacts {
  /** The device by its driver's name; by the driver's own where it tells no other. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  /** As the driver describes itself, with its version; '' where a browser does not tell. */
  readonly driver: string;
  /** Whether a processor plays the GPU. */
  readonly software: boolean;
  /** Smallest and largest subgroup, in invocations; null where that is not told. */
  readonly subgroups: readonly [number, number] | null;
}

export interface LimitCheck {
  readonly name: string;
  readonly offered: number;
  /** The least that MailGym runs with. */
  readonly needed: number;
}

/** A feature that MailGym uses where it is offered. */
export interface FeatureCheck {
  readonly name: string;
  readonly offered: boolean;
}

/** A case with a known answer, computed on the device. */
export interface CaseCheck {
  readonly name: string;
  /** What is not as it should be, in words; empty where all is. */
  readonly problems: readonly string[];
  /** Compiling its programs included. */
  readonly seconds: number;
}

/** Per second of the clock. */
export interface DeviceRates {
  /** A square float32 matrix product of ours; a multiply-add is two operations. */
  readonly matmulFlops: number;
  /** Float32 multiply-adds out of registers. */
  readonly flops: number;
  /** Bytes of a large copy, read plus written. */
  readonly bytes: number;
}

/** What a kind of device gives by its maker's data sheet. */
export interface KnownCard {
  readonly name: string;
  /** Float32 operations per second, without tensor cores. */
  readonly flops: number;
  /** Bytes per second of its memory. */
  readonly bytes: number;
}

/** Why nothing can compute: no WebGPU in the browser, or on such a page; what the browser answered. */
export type DeviceFault = 'no-webgpu' | 'insecure-page' | 'no-answer' | 'no-adapter';

export type DeviceProblem =
  /** There is no device at all; `why` is null where only English words tell the reason. */
  | {
      readonly kind: 'none';
      readonly why: DeviceFault | null;
      readonly problem: string;
      readonly remedy: string;
    }
  | { readonly kind: 'software' }
  | ({ readonly kind: 'limit' } & LimitCheck)
  | { readonly kind: 'feature'; readonly name: string }
  | { readonly kind: 'miscomputes'; readonly name: string; readonly problems: readonly string[] }
  /** A part of the check could not be carried out. */
  | { readonly kind: 'failed'; readonly what: string; readonly reason: string }
  | {
      readonly kind: 'slow';
      readonly what: 'matmul' | 'memory';
      /** Per second, as in {@link DeviceRates}. */
      readonly measured: number;
      readonly expected: number;
    };

export interface DeviceCheck {
  /** Of MailGym. */
  readonly version: string;
  /** What runs it: a browser by its user agent, or Node with its version. */
  readonly host: string;
  /** Null where there is none. */
  readonly adapter: AdapterFacts | null;
  readonly limits: readonly LimitCheck[];
  readonly features: readonly FeatureCheck[];
  readonly cases: readonly CaseCheck[];
  /** Null where they could not be measured. */
  readonly rates: DeviceRates | null;
  /** Null where the kind of device is not known. */
  readonly card: KnownCard | null;
  readonly problems: readonly DeviceProblem[];
  /** Whether runs can be trusted to this device: no problem is one of {@link isFatal}. */
  readonly ok: boolean;
}

/** Whether a problem keeps runs from this device. */
export function isFatal({ kind }: DeviceProblem): boolean {
  return kind !== 'software' && kind !== 'feature' && kind !== 'slow';
}
