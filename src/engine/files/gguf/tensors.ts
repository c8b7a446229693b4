/** The tensors of a GGUF file as a Hugging Face file would have them: names, order of rows, norms. */
import type { ScaledBlocks, StoredRows } from '../../../formats/tensor-store';
import { rowCount, rowWidth } from '../../../formats/tensor-store';
import { type Architecture, huggingFaceName } from './architectures';

/**
 * @param tensors by the file's names
 * @param heads of queries and of keys
 */
export function huggingFaceTensors(
  tensors: ReadonlyMap<string, StoredRows>,
  architecture: Architecture,
  heads: { readonly queries: number; readonly keys: number },
): Map<string, StoredRows> {
  const found = new Map<string, StoredRows>();
  for (const [stored, tensor] of tensors) {
    const name = huggingFaceName(stored, architecture);
    // What has no other name keeps its own: messages show it, and nobody asks for it.
    if (name === null) found.set(stored, tensor);
    else if (architecture.normShift !== 0 && name.endsWith('norm.weight')) {
      found.set(name, shifted(tensor, -architecture.normShift));
    } else if (architecture.permutes && /\.[qk]_proj\./.test(name)) {
      found.set(name, unpermuted(tensor, name.includes('.q_proj.') ? heads.queries : heads.keys));
    } else found.set(name, tensor);
  }
  return found;
}

function shifted(tensor: StoredRows, by: number): StoredRows {
  const { shape, format, bytes } = tensor;
  const read = async (from: number, to: number) => (await tensor.read(from, to)).map((value) => value + by);
  return { shape, format, bytes, read };
}

/**
 * llama.cpp turns neighbours, Hugging Face numbers half a head apart: its converter puts row i of a head's first half at 2i
 * and row i of the second at 2i + 1. Whole heads are read, and their rows put back.
 */
function unpermuted(tensor: StoredRows, heads: number): StoredRows {
  const head = rowCount(tensor.shape) / heads;
  const width = rowWidth(tensor.shape);
  /** Where row `row` lies, counted from the first head that is read. */
  const place = (row: number, first: number): number => {
    const i = row % head;
    const half = head / 2;
    return row - i - first + (i < half ? 2 * i : 2 * (i - half) + 1);
  };
  const span = (from: number, to: number): [number, number] => [
    Math.floor(from / head) * head,
    Math.ceil(to / head) * head,
  ];
  function gather<T extends Float32Array | Int8Array>(
    source: T,
    row: number,
    out: T,
    from: number,
    to: number,
  ): T {
    const first = span(from, to)[0];
    for (let r = from; r < to; r++) {
      const at = place(r, first) * row;
      out.set(source.subarray(at, at + row), (r - from) * row);
    }
    return out;
  }
  const { shape, format, bytes, blocks } = tensor;
  const plain: StoredRows = {
    shape,
    format,
    bytes,
    read: async (from, to) => {
      const source = await tensor.read(...span(from, to));
      return gather(source, width, new Float32Array((to - from) * width), from, to);
    },
  };
  if (blocks === undefined) return plain;
  const groups = width / blocks.size;
  const permutedBlocks: ScaledBlocks = {
    size: blocks.size,
    bits: blocks.bits,
    read: async (from, to) => {
      const { scales, codes } = await blocks.read(...span(from, to));
      return {
        scales: gather(scales, groups, new Float32Array((to - from) * groups), from, to),
        codes: gather(codes, width, new Int8Array((to - from) * width), from, to),
      };
    },
  };
  return { ...plain, blocks: permutedBlocks };
}
