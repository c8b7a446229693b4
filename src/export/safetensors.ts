/** A merged model as safetensors files, with its configuration and tokenizer: what `from_pretrained` loads. */
import { PolicyError } from '../errors/policy';
import { toBfloat16, toFloat16 } from '../formats/float-write';
import { elementsOf, type StoredRows } from '../formats/tensor-store';
import type { FloatType } from '../settings/choices';
import { copyModelFiles, hfConfig } from './copied';
import { bytesOf, eachPiece } from './rows';
import { type ExportSink, writeFile, writing } from './sink';
import type { ExportSource } from './source';
import type { Report } from './types';

/** Number types of a file. */
export const DTYPES = {
  f32: { name: 'F32', bytes: 4, torch: 'float32', of: (numbers: Float32Array) => numbers },
  f16: { name: 'F16', bytes: 2, torch: 'float16', of: toFloat16 },
  bf16: { name: 'BF16', bytes: 2, torch: 'bfloat16', of: toBfloat16 },
} as const;

type Entry = readonly [name: string, tensor: StoredRows];

/** @param maxBytes most bytes of a file's tensors, but for a tensor that alone has more */
export async function exportSafetensors(
  source: ExportSource,
  sink: ExportSink,
  type: FloatType,
  maxBytes: number,
  report: Report,
): Promise<void> {
  const dtype = DTYPES[type];
  const config = await hfConfig(source, dtype.torch);
  await copyModelFiles(source.files, sink);
  await writeFile(sink, 'config.json', config);
  const sizeOf = ([, { shape }]: Entry) => elementsOf(shape) * dtype.bytes;
  const shards = splitBySize([...source.tensors], sizeOf, maxBytes);
  report.total(source.tensors.size);
  const weightMap: Record<string, string> = {};
  for (const [i, shard] of shards.entries()) {
    const count = String(shards.length).padStart(5, '0');
    const path =
      shards.length === 1
        ? 'model.safetensors'
        : `model-${String(i + 1).padStart(5, '0')}-of-${count}.safetensors`;
    for (const [name] of shard) weightMap[name] = path;
    await writing(sink, path, async (file) => {
      await file.write(header(shard, dtype));
      for (const [name, tensor] of shard) {
        report.tensor(name);
        await eachPiece(tensor, (numbers) => file.write(bytesOf(dtype.of(numbers))));
      }
    });
  }
  if (shards.length > 1) {
    const total = [...source.tensors].reduce((sum, entry) => sum + sizeOf(entry), 0);
    const index = { metadata: { total_size: total }, weight_map: weightMap };
    await writeFile(sink, 'model.safetensors.index.json', json(index));
  }
}

function header(
  entries: readonly Entry[],
  { name: dtype, bytes }: { name: string; bytes: number },
): Uint8Array {
  let offset = 0;
  const described = entries.map(([name, { shape }]) => {
    const end = offset + elementsOf(shape) * bytes;
    const entry = [name, { dtype, shape, data_offsets: [offset, end] }] as const;
    offset = end;
    return entry;
  });
  const text = new TextEncoder().encode(
    JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(described) }),
  );
  // Spaces after the JSON keep the tensors on an 8-byte boundary, as the format asks.
  const length = Math.ceil(text.length / 8) * 8;
  const all = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(all.buffer).setUint32(0, length, true);
  all.set(text, 8);
  return all;
}

/** Consecutive items whose sizes stay within a bound together. */
export function splitBySize<T>(items: readonly T[], sizeOf: (item: T) => number, maxBytes: number): T[][] {
  if (!(maxBytes > 0)) throw PolicyError.of('policy/export-part', { bytes: maxBytes });
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const last = parts.at(-1);
    if (last === undefined || size > room) {
      parts.push([item]);
      room = maxBytes - size;
    } else {
      last.push(item);
      room -= size;
    }
  }
  return parts;
}

export const json = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
