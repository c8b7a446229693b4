/** Asking as one call. */
import { checkedTask } from '../env/take-tasks';
import { ask as askOne, OF_A_QUESTION, settingsBetween, type DirectRequest } from '../run/ask';
import type { AskAnswer } from '../run/types';
import type { Settings } from '../settings/settings';
import { shownOf } from '../errors';
import { SettingsError, settingProblem } from '../settings/values';
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

/**
 * The run's settings, so that its model and tasks stay as they are, with what the question may have of its own.
 * @throws SettingsError when the question is for anything else
 */
function settingsDuring(running: Running, chosen: Chosen, { settings = {} }: AskOptions): Settings {
  if (chosen.environment !== running.environment) {
    throw new SettingsError([
      settingProblem('environment', 'settings/running-environment', {
        running: running.environment.id,
        asked: chosen.environment.id,
      }),
    ]);
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
      others.map(([key, value]) =>
        settingProblem(key, 'settings/running-value', {
          name: key,
          running: shownOf(running.settings[key], Infinity),
          asked: JSON.stringify(value),
        }),
      ),
    );
  }
  return settingsBetween(running.settings, settings);
}

/** @throws SettingsError, EnvironmentError when it is not said what is asked */
function askedTask({ task, text, input }: AskOptions): DirectRequest['task'] {
  if ((task === undefined) === (text === undefined)) {
    throw new SettingsError([
      settingProblem('task', 'settings/task-or-text', { given: task === undefined ? 'neither' : 'both' }),
    ]);
  }
  // Built-in environments call the words by either name.
  if (text !== undefined) return { kind: 'own', input: { text, prompt: text, ...input } };
  if (typeof task === 'string') return { kind: 'dataset', id: task };
  return { kind: 'task', task: checkedTask(task, [{ asked: 'task' }]) };
}
