/** `npm run pretrain`: makes a policy from scratch, on Dawn in Node. */
import { openFsStore } from '../src/run/stores/fs-store-node';
import { openDevice } from '../src/kernels/device';
import { tuneKernels } from '../src/kernels/tuning';
import { TrainingError } from '../src/errors/training';
import { createChatFormat } from '../src/chat/chat-format';
import type { RunPlatform } from '../src/run/session';
import type { Dataset } from '../src/env/mail/corpus/types';
import { loadDataset } from '../src/env/mail/corpus/dataset';
import { loadModelConfig } from '../src/engine/model/config';
import { readJson } from '../src/formats/files';
import { GpuPolicy } from '../src/engine/gpu-policy';
import { createTokenizer } from '../src/chat/tokenizer';
import type { ModelConfig } from '../src/engine/types';
import type { ModelFiles } from '../src/formats/files';
import type { HostTensors } from '../src/formats/tensors';
import { loadWeights } from '../src/engine/weights/weights';
import { CHECKPOINT_FILE, loadCheckpoint } from './pretrain/checkpoint';
import { modelCard, writeModelFolder } from './pretrain/folder';
import { initialWeights } from './pretrain/initial-weights';
import { LOG_FILE, pretrain, RHYTHM, type LogLine } from './pretrain/loop';
import { readPretrainOptions, resumedOptions, runOptions, type PretrainOptions } from './pretrain/options';
import { playEpisodes } from './pretrain/play-episodes';
import { writePlan } from './pretrain/plan';
import { heldOutSequences, stageBatches } from './pretrain/stage-data';
import { MUON, planStages, type Stage } from './pretrain/stages';
import { runCommand } from './runtime/command';
import { nodePlatform } from './runtime/node-platform';
import type { TokenizerJson } from './tokenizer/files';

const DATASET = 'mailgym-office';
/** Activations of a pass take about 30 kB per token of the default model. */
const PASS_TOKENS = 8192;

const USAGE = `
Makes a policy from scratch: full-parameter training on generated traces, on Dawn in Node.

  npm run pretrain -- [--seed N] [--out DIR] [--resume] [--scale FACTOR | --steps N] [--stage NAME]
                      [--init DIR | --architecture NAME] [--learningRate X] [--batchSize N] [--episodes N]
                      [--stop STAGE:STEP] [--logEvery N]
  npm run pretrain -- --plan DIR [the same]

--scale shortens (or lengthens) all stages, --steps sets the steps of each. --plan writes schedule, initial weights and
batches for scripts/pretrain_torch.py instead of training.
`;

await runCommand(USAGE, async () => {
  const asked = readPretrainOptions(process.argv.slice(2));
  if (asked.plan !== null) return plan(asked, asked.plan);
  const store = await openFsStore(asked.out);
  const checkpoint = await loadCheckpoint(store);
  if (checkpoint !== null && !asked.resume) {
    throw new TrainingError(
      `${asked.out} holds a run (${CHECKPOINT_FILE}). Go on with --resume, name another --out, or remove the folder.`,
    );
  }
  if (checkpoint === null && asked.resume) {
    throw new TrainingError(`${asked.out} holds no ${CHECKPOINT_FILE} to resume from. Leave --resume out.`);
  }
  const options = checkpoint === null ? asked : resumedOptions(checkpoint.progress.options, asked);
  const platform = await nodePlatform(console.log);
  const model = await platform.modelFiles(options.init ?? options.architecture);
  const config = await loadModelConfig(model);
  const tokenizer = (await readJson(model, 'tokenizer.json')) as TokenizerJson;
  const chat = await createChatFormat(model, {
    tokenizer: await createTokenizer(model),
    eosTokenIds: config.eosTokenIds,
  });
  const dataset = options.episodes > 0 ? await builtInMail(platform) : null;
  const { gpu } = await openDevice(platform.webgpu);
  await tuneKernels(gpu, platform.tuning);
  const policy = new GpuPolicy(gpu, config, await startWeights(options, model, config), {
    kind: 'full',
    muon: MUON,
  });
  const data = { seed: options.seed, config, tokenizer };
  const stages = planStages(options);
  const { seed, episodes: count, stop } = options;
  const now = () => performance.now();
  const interrupt = onInterrupt();
  try {
    const end = await pretrain(
      {
        policy,
        options: runOptions(options),
        stages,
        store,
        rhythm: { ...RHYTHM, log: options.logEvery },
        passTokens: PASS_TOKENS,
        batches: (stage) => stageBatches(data, stage),
        heldOut: (stage) => heldOutSequences(data, stage),
        onStageEnd: async (stage, heldOut) => {
          const played =
            dataset === null || stage.data === 'copying'
              ? {}
              : await playEpisodes(policy, chat, dataset, { count, seed, now });
          const weights = await policy.readWeights();
          const done = stages.slice(0, stages.indexOf(stage) + 1);
          const card = modelCard({
            ...cardFacts(options, weights, done),
            numbers: { ...heldOut, ...played },
          });
          for (const prefix of [`stages/${stage.name}/`, '']) {
            await writeModelFolder(store, prefix, model, weights, card);
          }
          return { ...played };
        },
        say: (line) => console.log(readable(line)),
        now,
        stopRequested: (stage, step) =>
          interrupt.asked || (stop !== null && stage.name === stop.stage && step >= stop.step),
      },
      checkpoint,
    );
    console.log(
      end === 'finished'
        ? `Done. The model is in ${options.out}, the numbers are in ${LOG_FILE} there.`
        : `Stopped. To go on: npm run pretrain -- --resume --out ${options.out}`,
    );
  } finally {
    interrupt.detach();
    policy.dispose();
    gpu.device.destroy();
  }
});

/** Writes what {@link pretrain} would do, for PyTorch. */
async function plan(options: PretrainOptions, folder: string): Promise<void> {
  const platform = await nodePlatform(console.log);
  const model = await platform.modelFiles(options.init ?? options.architecture);
  const config = await loadModelConfig(model);
  const tokenizer = (await readJson(model, 'tokenizer.json')) as TokenizerJson;
  const source = { seed: options.seed, config, tokenizer };
  const weights = await startWeights(options, model, config);
  await writePlan(await openFsStore(folder), model, weights, source, planStages(options), console.log);
}

async function startWeights(
  { init, seed }: PretrainOptions,
  model: ModelFiles,
  config: ModelConfig,
): Promise<HostTensors> {
  return init === null ? initialWeights(config, seed) : loadWeights(model, config, { checkFinite: true });
}

function cardFacts(options: PretrainOptions, weights: HostTensors, stages: readonly Stage[]) {
  const { seed, init, architecture } = options;
  let parameters = 0;
  for (const { data } of weights.values()) parameters += data.length;
  const silent = (name: string, value: unknown) =>
    value === null || (name === 'scale' && value === 1) || (name === 'architecture' && init !== null);
  const words = Object.entries(runOptions(options)).flatMap(([name, value]) =>
    silent(name, value) ? [] : [`--${name} ${String(value)}`],
  );
  return {
    parameters,
    command: ['npm run pretrain --', ...words].join(' '),
    from:
      init === null ? `random weights of seed ${seed}, shaped as ${architecture}` : `the weights of ${init}`,
    stages,
  };
}

function readable(line: LogLine): string {
  const { stage, step, ended, ...numbers } = line;
  const words = Object.entries(numbers).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`,
  );
  return `${String(stage)} ${ended === true ? 'ended' : String(step)}: ${words.join(', ')}`;
}

/** The first Ctrl-C ends after the step, which is saved; the second at once. */
function onInterrupt(): { readonly asked: boolean; detach(): void } {
  const state = {
    asked: false,
    detach: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
  const interrupt = () => {
    if (state.asked) process.exit(130);
    state.asked = true;
    console.log('Stopping after this step; once more to end at once.');
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return state;
}

async function builtInMail(platform: RunPlatform): Promise<Dataset> {
  const source = await platform.taskSource(DATASET, 'mail');
  return loadDataset((path) => source.read(path));
}
