/** Typed building of ONNX models; field numbers are those of onnx.proto. */
import { Message } from './protobuf';

/** Elements that are used here, with their number in TensorProto.DataType. */
export const ELEMENT = { float32: 1, int32: 6, int64: 7 } as const;
export type Element = keyof typeof ELEMENT;

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

const IR_VERSION = 8;
const OPSET = 17;
export const MICROSOFT = 'com.microsoft';

/** A graph that grows node by node. Names of values are the edges; an empty name is an absent optional input. */
export class OnnxModel {
  readonly #graph = new Message();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  #names = 0;

  constructor(name: string) {
    this.#graph.text(2, name);
  }

  input(name: string, element: Element, shape: readonly Dimension[]): string {
    this.#inputs.push({ name, element, shape });
    return name;
  }

  output(name: string, element: Element, shape: readonly Dimension[]): void {
    this.#outputs.push({ name, element, shape });
  }

  /** A constant tensor. */
  constant(name: string, shape: readonly number[], data: Float32Array | Int32Array | BigInt64Array): string {
    const element = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'int64';
    const tensor = new Message();
    for (const size of shape) tensor.integer(1, size);
    tensor.integer(2, ELEMENT[element]).text(8, name);
    tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#graph.message(5, tensor);
    return name;
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

  /** The bytes of the `.onnx` file. */
  finish(): Uint8Array {
    for (const info of this.#inputs) this.#graph.message(11, valueInfo(info));
    for (const info of this.#outputs) this.#graph.message(12, valueInfo(info));
    const model = new Message().integer(1, IR_VERSION).text(2, 'mailgym-bench').message(7, this.#graph);
    for (const [domain, version] of [
      ['', OPSET],
      [MICROSOFT, 1],
    ] as const)
      model.message(8, new Message().text(1, domain).integer(2, version));
    return model.finish();
  }
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
