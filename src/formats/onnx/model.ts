/** Typed building of ONNX models; field numbers are those of onnx.proto. */
import { Message } from './protobuf';

/** Elements that are used here, with their number in TensorProto.DataType. */
export const ELEMENT = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type Element = keyof typeof ELEMENT;

/** Takes bytes in order. */
export type Write = (bytes: Uint8Array) => Promise<void>;

/** A constant tensor whose bytes are made when they are written. */
export interface StoredConstant {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly number[];
  /** Bytes that {@link StoredConstant.write} gives: little-endian, row-major. */
  readonly bytes: number;
  readonly write: (write: Write) => Promise<void>;
}

/** Where the bytes of a constant lie outside of the `.onnx` file. */
export interface ExternalPlace {
  readonly file: string;
  readonly offset: number;
}

/** A name stands for a dimension that is known only when the model runs. */
export type Dimension = number | string;

export interface ValueInfo {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly Dimension[];
}

/** Integers become INT, `{ float }` FLOAT, lists of integers INTS, texts STRING. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** '' for ONNX's own operators, `com.microsoft` for those of ONNX Runtime. */
  readonly domain?: string;
}

/** ONNX Runtime reads files up to this size, as protocol buffers allow no larger ones. */
export const MAX_FILE_BYTES = 2 ** 31 - 1;

const IR_VERSION = 8;
const OPSET = 17;
export const MICROSOFT = 'com.microsoft';

/** A graph that grows node by node. Names of values are the edges; an empty name is an absent optional input. */
export class OnnxModel {
  readonly #graph = new Message();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #stored: StoredConstant[] = [];
  readonly #producer: string;
  #names = 0;

  constructor(name: string, producer = 'mailgym') {
    this.#graph.text(2, name);
    this.#producer = producer;
  }

  /** Constants that are written with the file. */
  get stored(): readonly StoredConstant[] {
    return this.#stored;
  }

  input(name: string, element: Element, shape: readonly Dimension[]): string {
    this.#inputs.push({ name, element, shape });
    return name;
  }

  output(name: string, element: Element, shape: readonly Dimension[]): void {
    this.#outputs.push({ name, element, shape });
  }

  /** A constant tensor. @param data 16-bit numbers are bits of float16 */
  constant(
    name: string,
    shape: readonly number[],
    data: Float32Array | Int32Array | BigInt64Array | Uint16Array,
  ): string {
    const element = elementOf(data);
    const tensor = new Message();
    for (const size of shape) tensor.integer(1, size);
    tensor.integer(2, ELEMENT[element]).text(8, name);
    tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#graph.message(5, tensor);
    return name;
  }

  /** A constant tensor that is made when the file is written, by {@link OnnxModel.writeTo}. */
  store(constant: StoredConstant): string {
    this.#stored.push(constant);
    return constant.name;
  }

  /** @returns the names of its outputs: those given, or fresh ones */
  node(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[] | number,
    options: NodeOptions = {},
  ) {
    const names =
      typeof outputs === 'number' ? Array.from({ length: outputs }, () => `${op}_${this.#names++}`) : outputs;
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    for (const output of names) node.text(2, output);
    node.text(3, `node_${this.#names++}`).text(4, op);
    for (const [name, value] of Object.entries(options.attributes ?? {}))
      node.message(5, attribute(name, value));
    if (options.domain !== undefined) node.text(7, options.domain);
    this.#graph.message(1, node);
    return names;
  }

  /** A node with one output. */
  value(op: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.node(op, inputs, 1, options)[0] as string;
  }

  /** The bytes of the `.onnx` file. Not for models with stored constants. */
  finish(): Uint8Array {
    return this.#head().message(7, this.#whole()).finish();
  }

  /**
   * Writes the `.onnx` file, stored constants last.
   * @param places of the constants whose bytes lie in other files, by name
   * @param onConstant hears of each of the others before its bytes are written; what it throws ends the writing
   */
  async writeTo(
    write: Write,
    places: ReadonlyMap<string, ExternalPlace> = new Map(),
    onConstant: (constant: StoredConstant) => void = () => undefined,
  ): Promise<void> {
    const graph = this.#whole();
    const inside = (constant: StoredConstant) => !places.has(constant.name);
    const heads = this.#stored.map((constant) => {
      const tensor = tensorHead(constant, places.get(constant.name) ?? null);
      const length = tensor.length + (inside(constant) ? constant.bytes : 0);
      return { bytes: new Message().announce(5, length).finish(), tensor: tensor.finish(), length };
    });
    const total = heads.reduce((sum, { bytes, length }) => sum + bytes.length + length, graph.length);
    await write(this.#head().announce(7, total).finish());
    await write(graph.finish());
    for (const [i, constant] of this.#stored.entries()) {
      const { bytes, tensor } = heads[i] as (typeof heads)[number];
      if (inside(constant)) onConstant(constant);
      await write(bytes);
      await write(tensor);
      if (inside(constant)) await constant.write(write);
    }
  }

  /** Bytes of the `.onnx` file beside its stored constants: nodes, and tables such as those of rotations. */
  get graphBytes(): number {
    return this.#head().length + this.#whole().length;
  }

  #whole(): Message {
    const graph = new Message().append(this.#graph);
    for (const info of this.#inputs) graph.message(11, valueInfo(info));
    for (const info of this.#outputs) graph.message(12, valueInfo(info));
    return graph;
  }

  #head(): Message {
    const model = new Message().integer(1, IR_VERSION).text(2, this.#producer);
    for (const [domain, version] of [
      ['', OPSET],
      [MICROSOFT, 1],
    ] as const)
      model.message(8, new Message().text(1, domain).integer(2, version));
    return model;
  }
}

function elementOf(data: Float32Array | Int32Array | BigInt64Array | Uint16Array): Element {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  return data instanceof Uint16Array ? 'float16' : 'int64';
}

/** All of a constant but its bytes, whose tag and length come last where they follow. */
function tensorHead({ name, element, shape, bytes }: StoredConstant, place: ExternalPlace | null): Message {
  const tensor = new Message();
  for (const size of shape) tensor.integer(1, size);
  tensor.integer(2, ELEMENT[element]).text(8, name);
  if (place === null) return tensor.announce(9, bytes);
  const entry = (key: string, value: string) => new Message().text(1, key).text(2, value);
  return tensor
    .message(13, entry('location', place.file))
    .message(13, entry('offset', String(place.offset)))
    .message(13, entry('length', String(bytes)))
    .integer(14, 1);
}

function attribute(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.text(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

function valueInfo({ name, element, shape }: ValueInfo): Message {
  const dims = new Message();
  for (const size of shape) {
    const dim = new Message();
    dims.message(1, typeof size === 'number' ? dim.integer(1, size) : dim.text(2, size));
  }
  const tensor = new Message().integer(1, ELEMENT[element]).message(2, dims);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
