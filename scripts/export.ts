/** `npm run export`: writes a trained policy in the forms that other programs load. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openModelFilesNode } from '../src/engine/files/open-node';
import { exportModel } from '../src/export/export';
import { folderSink } from '../src/export/sink-node';
import type { FileMap } from '../src/formats/files';
import { BEST_FOLDER, CONFIG_FILE, FINAL_FOLDER } from '../src/report/run-files';
import { adapterOnDisk } from '../src/run/platform/adapter-node';
import { EXPORT_FORMATS, EXPORT_TYPES, type ExportFormat, type ExportType } from '../src/settings/choices';
import { CommandError, ownOptions, readJsonFile, runCommand } from './runtime/command';
import { REPOSITORY } from './runtime/page';
import { writeTrlFolder, type TrlRequest } from './trl/write';

const FORMATS = EXPORT_FORMATS.map((format) => `  ${format.padEnd(13)} ${EXPORT_TYPES[format].join(', ')}`);

const USAGE = `
Writes a trained policy in the forms that other programs load. docs/export.md tells which program takes what.

  npm run export -- --run DIR [--which best_model|final|checkpoint-N] --format FORMAT --out DIR
  npm run export -- --adapter DIR --model MODEL --format FORMAT --out DIR
  npm run export -- --model MODEL --format FORMAT --out DIR
  npm run export -- --to trl --run DIR [--which …] [--model MODEL] --out DIR

The last one writes a folder that trains the run's environment with TRL's GRPOTrainer; its README tells how.

Options: --type TYPE, --max-part MB (the largest file where a model may lie in several), --name NAME (of GGUF files),
--any-tokenizer yes (GGUF though llama.cpp cuts text otherwise than the model). --model beside --run is for a run whose
model lies elsewhere by now. Formats, with their types, the first of which is the default:

${FORMATS.join('\n')}
`;

const OPTIONS = [
  'run',
  'which',
  'adapter',
  'model',
  'format',
  'type',
  'out',
  'max-part',
  'name',
  'any-tokenizer',
  'to',
];

await runCommand(USAGE, async () => {
  const options = ownOptions('export', process.argv.slice(2), OPTIONS);
  const out = options['out'];
  if (out === undefined) throw new CommandError('--out is missing: the folder to write to.');
  if (options['to'] !== undefined) {
    for (const line of await writeTrlFolder(trlRequest(options, resolve(out)))) console.log(line);
    return;
  }
  const format = formatOf(options['format']);
  const { folder, run } = adapterFolderOf(options['run'], options['which'], options['adapter']);
  const model = options['model'] ?? run?.model;
  if (model === undefined)
    throw new CommandError('--model is missing: the model that the adapter was trained on.');
  const files = await openModelFilesNode(model, join(REPOSITORY, 'public', 'models'));
  const adapter = folder === null ? null : await withMetadata(await adapterOnDisk(folder), folder);
  const target = resolve(out);
  await mkdir(target, { recursive: true });
  let tensors = 0;
  await exportModel(files, folderSink(target), {
    format,
    ...typeOf(format, options['type']),
    adapter,
    baseModel: model.replace(/^hub:/, ''),
    name: options['name'] ?? (format === 'gguf-adapter' ? 'adapter' : 'model'),
    ...maxPart(options['max-part']),
    anyTokenizer: yes(options['any-tokenizer']),
    report: {
      tensor: () => void tensors++,
      notice: (message) => console.warn(message),
    },
  });
  const counted = tensors === 0 ? '' : `, ${tensors} tensors`;
  console.log(`Written to ${out}: ${format}${counted}.`);
});

function trlRequest(options: Readonly<Record<string, string | undefined>>, out: string): TrlRequest {
  const { to, run, which = null, model = null } = options;
  if (to !== 'trl') throw new CommandError(`to is '${to}'; allowed: trl.`);
  const stray = Object.keys(options).find((name) => !['to', 'run', 'which', 'model', 'out'].includes(name));
  if (stray !== undefined) throw new CommandError(`--${stray} is no option of --to trl; see --help.`);
  if (run === undefined)
    throw new CommandError('--run is missing: the run whose environment TRL is to train.');
  return { run: resolve(run), which, model, out };
}

interface Run {
  readonly model: string | undefined;
}

function adapterFolderOf(
  run: string | undefined,
  which: string | undefined,
  adapter: string | undefined,
): { folder: string | null; run: Run | null } {
  if (run !== undefined && adapter !== undefined) {
    throw new CommandError('--run and --adapter were both given; one of them names the adapter.');
  }
  if (run === undefined) {
    if (which !== undefined)
      throw new CommandError('--which chooses among the adapters of --run, which is missing.');
    return { folder: adapter ?? null, run: null };
  }
  const config = join(run, CONFIG_FILE);
  if (!existsSync(config)) throw new CommandError(`${run} is no run's folder: it has no ${CONFIG_FILE}.`);
  const { model } = readJsonFile(config) as { readonly model?: unknown };
  const names = which === undefined ? [BEST_FOLDER, FINAL_FOLDER] : [which];
  const name = names.find((one) => existsSync(join(run, one)));
  if (name === undefined)
    throw new CommandError(`${run} has no ${names.join(' and no ')}. Choose another with --which.`);
  return { folder: join(run, name), run: { model: typeof model === 'string' ? model : undefined } };
}

/** What a card can tell of the run lies beside the adapter. */
async function withMetadata(adapter: FileMap, folder: string): Promise<FileMap> {
  const path = join(folder, 'metadata.json');
  if (!existsSync(path)) return adapter;
  return new Map([...adapter, ['metadata.json', new Uint8Array(await readFile(path))]]);
}

function formatOf(name: string | undefined): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === name);
  if (format !== undefined) return format;
  throw new CommandError(
    `format is ${name === undefined ? 'missing' : `'${name}'`}; allowed: one of ${EXPORT_FORMATS.join(', ')}.`,
  );
}

function typeOf(format: ExportFormat, name: string | undefined): { readonly type?: ExportType } {
  if (name === undefined) return {};
  const types: readonly ExportType[] = EXPORT_TYPES[format];
  const type = types.find((known) => known === name);
  if (type !== undefined) return { type };
  throw new CommandError(`type is '${name}'; ${format} has ${types.join(', ')}.`);
}

function maxPart(megabytes: string | undefined): { readonly maxBytes?: number } {
  if (megabytes === undefined) return {};
  const value = Number(megabytes);
  if (value > 0) return { maxBytes: value * 1e6 };
  throw new CommandError(`max-part is '${megabytes}'; a number of megabytes above 0 is wanted.`);
}

function yes(value: string | undefined): boolean {
  if (value === undefined || value === 'no') return false;
  if (value === 'yes') return true;
  throw new CommandError(`any-tokenizer is '${value}'; allowed: yes, no.`);
}
