/** How large an export will be, told before anything is read of the weights or written. */
import type { ExportFormat, ExportType } from '../settings/choices';
import { copiedBytes } from './copied';
import { ggufTensors } from './gguf/model';
import { lengthOf } from './gguf/writer';
import { decoderGraph } from './onnx/decoder';
import { elementsOf } from './rows';
import { DTYPES } from './safetensors';
import type { ExportSource } from './source';

/** Bytes of the tensors, and of what is copied beside them or, in GGUF, written into the file; headers are left out. */
export async function exportSize(
  source: ExportSource,
  format: ExportFormat,
  type: ExportType,
): Promise<number> {
  const { config, tensors, adapter, files } = source;
  const adapterNumbers = sum([...(adapter?.tensors.values() ?? [])].map(({ data }) => data.length));
  switch (format) {
    case 'peft':
      return 4 * adapterNumbers;
    case 'gguf-adapter':
      return (type === 'f16' ? 2 : 4) * adapterNumbers;
    case 'safetensors': {
      const numbers = sum([...tensors.values()].map(({ shape }) => elementsOf(shape)));
      return numbers * DTYPES[type as keyof typeof DTYPES].bytes + (await copiedBytes(files));
    }
    case 'gguf':
      return sum(ggufTensors(source, type as 'f16').map(lengthOf)) + (await copiedBytes(files));
    case 'onnx': {
      const { stored } = decoderGraph(config, tensors, type as 'fp16');
      return sum(stored.map(({ bytes }) => bytes)) + (await copiedBytes(files));
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
