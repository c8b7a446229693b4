/** TensorBoard's events as protocol buffers (tensorboard/compat/proto/event.proto and summary.proto): what scalars need of them. */
import { record } from './record';

/** Wire types of protocol buffers. */
const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;
const FLOAT = 5;

type Bytes = readonly number[];

function varint(value: number): number[] {
  // Negative numbers have ten bytes: 64 bits in two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
}

const tag = (field: number, type: number): number[] => varint(field * 8 + type);
const nested = (field: number, bytes: Bytes): number[] => [
  ...tag(field, BYTES),
  ...varint(bytes.length),
  ...bytes,
];
const text = (field: number, value: string): number[] => nested(field, [...new TextEncoder().encode(value)]);

function number(field: number, type: typeof DOUBLE | typeof FLOAT, value: number): number[] {
  const view = new DataView(new ArrayBuffer(type === DOUBLE ? 8 : 4));
  if (type === DOUBLE) view.setFloat64(0, value, true);
  else view.setFloat32(0, value, true);
  return [...tag(field, type), ...new Uint8Array(view.buffer)];
}

export interface When {
  /** Seconds since the epoch. */
  readonly seconds: number;
  readonly step: number;
}

/** Absent fields are zeros, as protocol buffers have it. */
function event({ seconds, step }: When, what: Bytes): Uint8Array {
  return record(
    Uint8Array.from([
      ...number(1, DOUBLE, seconds),
      ...(step === 0 ? [] : [...tag(2, VARINT), ...varint(step)]),
      ...what,
    ]),
  );
}

/** The first record of a file. */
export function fileVersion(seconds: number): Uint8Array {
  return event({ seconds, step: 0 }, text(3, 'brain.Event:2'));
}

/** A session begins: readers forget what an earlier one told of this step and those after it. */
export function sessionStart(when: When): Uint8Array {
  return event(when, nested(7, [...tag(1, VARINT), 1]));
}

/** Numbers by tag; kept as 32-bit floats, as TensorBoard does. */
export function scalars(when: When, values: Readonly<Record<string, number>>): Uint8Array {
  const all = Object.entries(values).flatMap(([name, value]) =>
    nested(1, [...text(1, name), ...number(2, FLOAT, value)]),
  );
  return event(when, nested(5, all));
}
