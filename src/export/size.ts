/** How large an export will be, told before anything is read of the weights or written. */
import { elementsOf } from '../formats/tensor-store';
import type { ExportFormat, ExportType } from '../settings/choices';
import { copiedBytes } from './copied';
import { ggufTensors } from './gguf/model';
import { lengthOf } from './gguf/writer';
import { decoderGraph } from './onnx/decoder';
import { DTYPES } from './safetensors';
import type { ExportSource } from './source';

/**
 * Bytes of the tensors, of ONNX's graph with its tables, and of what is copied beside them. Headers are left out, and with them the vocabulary in a GGUF
 * file: to know its length is to parse the tokenizer, for about two per cent of a small model.
 */
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
      return sum(ggufTensors(source, type as 'f16').map(lengthOf));
    case 'onnx': {
      const { stored, graphBytes } = decoderGraph(config, tensors, type as 'fp16');
      return graphBytes + sum(stored.map(({ bytes }) => bytes)) + (await copiedBytes(files));
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
