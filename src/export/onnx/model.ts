/** A merged model as ONNX in the folder that transformers.js loads: configuration and tokenizer, and `onnx/model*.onnx`. */
import { MAX_FILE_BYTES, type ExternalPlace, type StoredConstant } from '../../formats/onnx/model';
import { copyModelFiles, hfConfig } from '../copied';
import { type ExportFile, type ExportSink, writeFile, writing } from '../sink';
import type { ExportSource } from '../source';
import type { Report } from '../types';
import { decoderGraph, positionsOf } from './decoder';
import type { OnnxType } from './weights';

/** As transformers.js finds them by its option `dtype`. */
const FILES: Readonly<Record<OnnxType, string>> = {
  fp32: 'model.onnx',
  fp16: 'model_fp16.onnx',
  q4: 'model_q4.onnx',
};

/** Of the graph itself, generously. */
const GRAPH_BYTES = 2 ** 26;
/** Files of constants stay below what a browser's buffer may hold; their parts begin on pages. */
const PART_BYTES = 2e9;
const PAGE = 4096;

/** @param maxInside bytes of constants above which they lie in files of their own */
export async function exportOnnx(
  source: ExportSource,
  sink: ExportSink,
  type: OnnxType,
  report: Report,
  { maxInside = MAX_FILE_BYTES - GRAPH_BYTES, partBytes = PART_BYTES } = {},
): Promise<void> {
  const { config, files } = source;
  const positions = positionsOf(config);
  if (positions < config.maxPositions) {
    report.notice(
      `The ONNX file has rotations of ${positions} positions, of ${config.maxPositions} that the model may have.`,
    );
  }
  const model = decoderGraph(config, source.tensors, type);
  const name = FILES[type];
  const all = model.stored.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = all > maxInside ? placed(model.stored, `${name}_data`, partBytes) : [];
  await copyModelFiles(files, sink);
  await writeFile(
    sink,
    'config.json',
    await hfConfig(source, type === 'fp16' ? 'float16' : 'float32', {
      max_position_embeddings: positions,
      // A plain `pipeline()` then asks for the file that is there.
      'transformers.js_config': {
        dtype: type,
        ...(parts.length === 0 ? {} : { use_external_data_format: { [name]: parts.length } }),
      },
    }),
  );
  report.total(model.stored.length);
  for (const part of parts) {
    await writing(sink, `onnx/${part.file}`, (file) => writeConstants(file, part, report));
  }
  const places = new Map(
    parts.flatMap(({ file, constants }) =>
      constants.map(({ constant, offset }): [string, ExternalPlace] => [constant.name, { file, offset }]),
    ),
  );
  await writing(sink, `onnx/${name}`, (file) =>
    model.writeTo(
      (bytes) => file.write(bytes),
      places,
      ({ name: constant }) => report.tensor(constant),
    ),
  );
}

interface Part {
  readonly file: string;
  readonly constants: { readonly constant: StoredConstant; readonly offset: number }[];
}

/** Cuts constants into files, each on a page of its own. */
function placed(constants: readonly StoredConstant[], name: string, partBytes: number): Part[] {
  const parts: Part[] = [];
  let end = Infinity;
  for (const constant of constants) {
    if (end + constant.bytes > partBytes) {
      parts.push({ file: parts.length === 0 ? name : `${name}_${parts.length}`, constants: [] });
      end = 0;
    }
    (parts.at(-1) as Part).constants.push({ constant, offset: end });
    end = Math.ceil((end + constant.bytes) / PAGE) * PAGE;
  }
  return parts;
}

async function writeConstants(file: ExportFile, { constants }: Part, report: Report): Promise<void> {
  let at = 0;
  for (const { constant, offset } of constants) {
    if (offset > at) await file.write(new Uint8Array(offset - at));
    report.tensor(constant.name);
    await constant.write((bytes) => file.write(bytes));
    at = offset + constant.bytes;
  }
}
