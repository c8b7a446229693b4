/** Writes a folder that trains a run's environment with TRL. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuiltIn } from '../../src/env/registry';
import { exportModel } from '../../src/export/export';
import { folderSink } from '../../src/export/sink-node';
import { BEST_FOLDER, CONFIG_FILE, FINAL_FOLDER } from '../../src/report/run-files';
import { Random } from '../../src/random/philox';
import type { Settings } from '../../src/settings/settings';
import { openToServe } from '../serve-environment/open';
import { CommandError, readCommand } from '../runtime/command';
import { nodeFiles } from '../runtime/node-platform';
import { inputPath } from '../runtime/paths';
import { grpoArguments, responseTemplate, taskOrder, templateArguments, unlike } from './config';
import { warmStartLines } from './warm-start';

const TEMPLATE = fileURLToPath(new URL('folder', import.meta.url));
const HUB = 'hub:';
/** Of a run alone: a server has no use for them, or they are of this machine. */
const LEFT_OUT = ['outputDir', 'resume', 'offline', 'verbose', 'warmStartFile'];

export interface TrlRequest {
  /** Folder of the run. */
  readonly run: string;
  /** Which of its adapters to begin with; null for the best, else the last, else none. */
  readonly which: string | null;
  /** In place of the run's, which lies elsewhere by now. */
  readonly model: string | null;
  readonly out: string;
}

/** @returns what is to be told: what was written, and what TRL does otherwise. @throws CommandError, MailGymError */
export async function writeTrlFolder({ run, which, model, out }: TrlRequest): Promise<string[]> {
  const config = join(run, CONFIG_FILE);
  if (!existsSync(config)) throw new CommandError(`${run} is no run's folder: it has no ${CONFIG_FILE}.`);
  const changed = model === null ? [] : ['--model', model];
  const { settings: wanted } = await readCommand(['--config', config, ...changed], []);
  const opened = await openToServe(nodeFiles(), wanted, () => undefined);
  try {
    const { settings, served } = opened;
    await mkdir(out, { recursive: true });
    await cp(TEMPLATE, out, { recursive: true });
    const isHub = settings.model.startsWith(HUB);
    if (!isHub) {
      await exportModel(opened.files, folderSink(join(out, 'base')), {
        format: 'safetensors',
        type: 'f32',
        adapter: null,
        baseModel: settings.model,
        name: 'model',
      });
    }
    const adapter = adapterFolder(run, which);
    if (adapter !== null) await copyAdapter(adapter, join(out, 'adapter'));
    const write = (name: string, value: object) =>
      writeFile(join(out, name), `${JSON.stringify(value, null, 2)}\n`);
    const [first] = served.tasks.train;
    const tools = first === undefined ? [] : served.start(first, new Random(0, 'opening')).tools;
    await write('environment.json', await environmentSettings(settings, out, isHub));
    await write('run.json', {
      model: isHub ? settings.model.slice(HUB.length) : 'base',
      adapter: adapter === null ? null : 'adapter',
      lora: { r: settings.loraR, lora_alpha: settings.loraAlpha, target_modules: settings.loraTargets },
      steps: settings.maxSteps,
      rollouts: settings.batchSize * settings.numGenerations,
      turns: settings.maxTurns,
      context: settings.maxSeqLength,
      grpo: grpoArguments(settings),
      chat_template_kwargs: templateArguments(settings),
      response_template: responseTemplate(served.chat, tools),
      order: taskOrder(served.tasks.train, settings),
    });
    const lines = await warmStartLines(opened);
    await writeFile(join(out, 'warm-start.jsonl'), lines.map((line) => `${line}\n`).join(''));
    return [
      ...unlike(settings),
      `Written to ${out}: ${settings.environment} on ${settings.model}, ` +
        `${adapter === null ? 'a new adapter' : `the adapter ${basename(adapter)}`}, ${lines.length} conversations for a warm start.`,
    ];
  } finally {
    opened.dispose();
  }
}

function adapterFolder(run: string, which: string | null): string | null {
  const names = which === null ? [BEST_FOLDER, FINAL_FOLDER] : [which];
  const name = names.find((one) => existsSync(join(run, one, 'adapter_config.json')));
  if (name === undefined && which !== null)
    throw new CommandError(`${run} has no ${which}. Choose another with --which.`);
  return name === undefined ? null : join(run, name);
}

async function copyAdapter(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
    await cp(join(from, name), join(to, name));
}

/** What decides tasks, prompts, results and rewards; a user's file comes along. */
async function environmentSettings(settings: Settings, out: string, isHub: boolean): Promise<object> {
  const kept = Object.fromEntries(Object.entries(settings).filter(([key]) => !LEFT_OUT.includes(key)));
  const { environment } = settings;
  let named = environment;
  if (!isBuiltIn(environment)) {
    named = `./${basename(environment)}`;
    await writeFile(join(out, named), await readFile(inputPath(environment)));
  }
  return { ...kept, environment: named, model: isHub ? settings.model : './base' };
}
