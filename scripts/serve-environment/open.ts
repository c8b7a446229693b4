/** From settings to an environment that can be served: tasks, and the model whose prompts and calls it knows. */
import { createChatFormat, templateOptions } from '../../src/chat/chat-format';
import { readingSlips } from '../../src/chat/slips';
import type { ModelChat } from '../../src/chat/types';
import { loadModelConfig, modelHints } from '../../src/engine/model/config';
import type { OpenedEnvironment, Task } from '../../src/env/types';
import { readJson, type ModelFiles } from '../../src/formats/files';
import { fitToModel } from '../../src/run/open-run';
import { rewardWeightsOf } from '../../src/run/reward-weights';
import { Session, type RunPlatform } from '../../src/run/session';
import type { Settings } from '../../src/settings/settings';
import type { ServedEnvironment } from './answers';

export interface OpenedToServe {
  readonly served: ServedEnvironment;
  /** As asked for, with lengths cut to what the model can hold. */
  readonly settings: Settings;
  readonly opened: OpenedEnvironment;
  /** Training tasks that an expert may show. */
  readonly shown: readonly Task[];
  readonly chat: ModelChat;
  /** Of the model. */
  readonly files: ModelFiles;
  dispose(): void;
}

/** Loads no weights and needs no GPU. @throws EnvironmentError, PolicyError, SettingsError */
export async function openToServe(
  platform: Omit<RunPlatform, 'webgpu'>,
  wanted: Settings,
  warn: (message: string) => void,
): Promise<OpenedToServe> {
  const files = await platform.modelFiles(wanted.model);
  const config = await loadModelConfig(files);
  const chat = await createChatFormat(files, { ...templateOptions(wanted), eosTokenIds: config.eosTokenIds });
  const hints = modelHints(await readJson(files, 'config.json'), `${files.origin}: config.json`);
  const settings = fitToModel(wanted, config, warn);
  // No engine is ever asked for, so nothing touches a GPU.
  const session = new Session({ ...platform, webgpu: undefined as unknown as GPU });
  try {
    const { environment, opened } = await session.environment(settings, hints);
    const asked = opened.tasks.train.slice(0, settings.trainDatasetSize);
    const validation = opened.tasks.validation.slice(0, settings.evalDatasetSize);
    const { temperature, topK, topP, minP, seed, maxTurns, maxTokens, maxSeqLength } = settings;
    const served: ServedEnvironment = {
      id: environment.id,
      tasks: {
        train: asked.filter(({ stage }) => stage !== 'warm-start'),
        validation,
        test: opened.tasks.test,
      },
      start: (task, random) => opened.start(task, random),
      chat,
      parse: settings.readSlips ? readingSlips(chat.parse) : chat.parse,
      rewardWeights: rewardWeightsOf(environment, settings),
      options: {
        params: { temperature, topK, topP, minP, seed },
        ...{ maxTurns, maxTokens, maxSeqLength },
      },
    };
    const shown = asked.filter(({ stage }) => stage !== 'policy');
    return { served, settings, opened, shown, chat, files, dispose: () => session.dispose() };
  } catch (error) {
    session.dispose();
    throw error;
  }
}
