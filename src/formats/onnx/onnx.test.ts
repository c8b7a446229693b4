import { expect, test } from 'vitest';
import { MICROSOFT, OnnxModel } from './model';
import { Message, varint } from './protobuf';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('base-128 numbers', () => {
  expect(hex(varint(0))).toBe('00');
  expect(hex(varint(127))).toBe('7f');
  expect(hex(varint(300))).toBe('ac02');
  expect(hex(varint(-1))).toBe('ffffffffffffffffff01');
  expect(hex(varint(2n ** 63n - 1n))).toBe('ffffffffffffffff7f');
});

test('fields: numbers, floats, texts, messages inside messages', () => {
  expect(hex(new Message().integer(1, 150).finish())).toBe('089601');
  expect(hex(new Message().text(2, 'testing').finish())).toBe('120774657374696e67');
  expect(hex(new Message().message(3, new Message().integer(1, 150)).finish())).toBe('1a03089601');
  expect(hex(new Message().float(2, 1).finish())).toBe('150000803f');
  expect(hex(new Message().packed(4, [3, 270, 86942]).finish())).toBe('2206038e029ea705');
});

/** Walks over the fields of a message: field number, and content of those with a length. */
function fields(bytes: Uint8Array): { field: number; content: Uint8Array | number }[] {
  const found: { field: number; content: Uint8Array | number }[] = [];
  let at = 0;
  const integer = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = integer();
    if ((tag & 7) === 0) found.push({ field: tag >> 3, content: integer() });
    else if ((tag & 7) === 5) found.push({ field: tag >> 3, content: bytes.subarray(at, (at += 4)) });
    else {
      const length = integer();
      found.push({ field: tag >> 3, content: bytes.subarray(at, (at += length)) });
    }
  }
  return found;
}
const text = (content: Uint8Array | number | undefined) => new TextDecoder().decode(content as Uint8Array);

test('a model: nodes, constants, inputs and outputs are where onnx.proto has them', () => {
  const model = new OnnxModel('tiny');
  model.input('x', 'float32', ['rows', 2]);
  model.constant('w', [2, 2], Float32Array.of(1, 2, 3, 4));
  const y = model.value('MatMul', ['x', 'w']);
  model.node('Odd', [y, ''], ['z'], { attributes: { heads: 4, scale: { float: 1 } }, domain: MICROSOFT });
  model.output('z', 'float32', ['rows', 2]);
  const top = fields(model.finish());
  expect(top.map(({ field }) => field)).toEqual([1, 2, 8, 8, 7]);
  const graph = fields(top[4]?.content as Uint8Array);
  const nodes = graph.filter(({ field }) => field === 1).map(({ content }) => fields(content as Uint8Array));
  expect(nodes.map((node) => text(node.find(({ field }) => field === 4)?.content))).toEqual([
    'MatMul',
    'Odd',
  ]);
  const odd = nodes[1] ?? [];
  expect(odd.filter(({ field }) => field === 1).map(({ content }) => text(content))).toEqual([y, '']);
  expect(text(odd.find(({ field }) => field === 7)?.content)).toBe('com.microsoft');
  const constant = fields(graph.find(({ field }) => field === 5)?.content as Uint8Array);
  expect(constant.filter(({ field }) => field === 1).map(({ content }) => content)).toEqual([2, 2]);
  expect(constant.find(({ field }) => field === 9)?.content).toHaveLength(16);
  expect(graph.filter(({ field }) => field === 11 || field === 12)).toHaveLength(2);
});
