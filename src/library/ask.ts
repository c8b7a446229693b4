/** Asking as one call. */
import { checkedTask } from '../env/take-tasks';
import { ask as askOne, type DirectRequest } from '../run/ask';
import type { AskAnswer } from '../run/types';
import type { Settings } from '../settings/settings';
import { SettingsError } from '../settings/values';
import { adapterFiles } from './adapter';
import { withHeld, type Running } from './held';
import { choose, type Chosen } from './settings';
import { abortable } from './signal';
import type { AskOptions } from './types';

/** See calls.ts. */
export function ask(options: AskOptions): Promise<AskAnswer> {
  return abortable(options.signal, () => run(options));
}

async function run(options: AskOptions): Promise<AskAnswer> {
  const { temperature = 0, draw = 0, signal, onEvent = () => undefined } = options;
  const task = askedTask(options);
  const chosen = await choose(options);
  const files = options.adapter === undefined ? null : await adapterFiles(options.adapter);
  return await withHeld(options, (held) => {
    const question = async (settings: Settings) => {
      signal?.throwIfAborted();
      return await askOne(held.session, settings, { task, temperature, draw }, files, onEvent, signal);
    };
    const { running } = held;
    if (running === null) return held.alone(chosen, () => question(chosen.settings));
    const settings = settingsDuring(running, chosen, options);
    onEvent({ kind: 'waiting' });
    return running.control.between(() => question(settings));
  });
}

/** Settings that shape one conversation, and neither the tasks nor the model. */
const OF_A_QUESTION = ['topK', 'topP', 'minP', 'maxSeqLength'] as const;

/**
 * The run's settings, so that its model and tasks stay as they are, with what the question may have of its own.
 * @throws SettingsError when the question is for anything else
 */
function settingsDuring(running: Running, chosen: Chosen, { settings = {} }: AskOptions): Settings {
  if (chosen.environment !== running.environment) {
    const message =
      `A run on environment "${running.environment.id}" is going on on this engine, and only that can be asked now, not ` +
      `another "${chosen.environment.id}". Wait for its end, or open a second engine.`;
    throw new SettingsError([{ key: 'environment', message }]);
  }
  const own: readonly string[] = OF_A_QUESTION;
  const others = Object.entries(settings).filter(
    ([key, value]) =>
      value !== undefined &&
      !own.includes(key) &&
      JSON.stringify(value) !== JSON.stringify(running.settings[key]),
  );
  if (others.length > 0) {
    throw new SettingsError(
      others.map(([key, value]) => ({
        key,
        message:
          `A run with ${key} ${JSON.stringify(running.settings[key])} is going on on this engine, so a question cannot have ` +
          `${JSON.stringify(value)}. Leave it out, wait for the run's end, or open a second engine.`,
      })),
    );
  }
  return Object.assign(
    { ...running.settings },
    Object.fromEntries(Object.entries(settings).filter(([key]) => own.includes(key))),
  );
}

/** @throws SettingsError, EnvironmentError when it is not said what is asked */
function askedTask({ task, text, input }: AskOptions): DirectRequest['task'] {
  if ((task === undefined) === (text === undefined)) {
    const found = task === undefined ? 'Neither task nor text is' : 'Both task and text are';
    const message = `${found} given. Give the id of a task or a task as task, or your own words as text.`;
    throw new SettingsError([{ key: 'task', message }]);
  }
  // Built-in environments call the words by either name.
  if (text !== undefined) return { kind: 'own', input: { text, prompt: text, ...input } };
  if (typeof task === 'string') return { kind: 'dataset', id: task };
  return { kind: 'task', task: checkedTask(task, [{ asked: 'task' }]) };
}
