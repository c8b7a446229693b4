/** Evaluating as one call. */
import { SPLITS } from '../env/types';
import { evaluateAdapter } from '../run/evaluate';
import type { EvaluationReport } from '../run/types';
import { SettingsError, settingProblem } from '../settings/values';
import { adapterFiles } from './adapter';
import { withHeld } from './held';
import { choose } from './settings';
import { abortable } from './signal';
import type { EvaluateOptions } from './types';

/** See calls.ts. */
export function evaluate(options: EvaluateOptions): Promise<EvaluationReport> {
  return abortable(options.signal, () => run(options));
}

async function run(options: EvaluateOptions): Promise<EvaluationReport> {
  const { split = 'validation', signal, onEvent = () => undefined } = options;
  if (!SPLITS.includes(split)) {
    throw new SettingsError([
      settingProblem('split', 'settings/split', { found: String(split), known: SPLITS }),
    ]);
  }
  const chosen = await choose(options);
  const files = options.adapter === undefined ? null : await adapterFiles(options.adapter);
  return await withHeld(options, (held) =>
    held.alone(chosen, (session) => {
      signal?.throwIfAborted();
      return evaluateAdapter(session, chosen.settings, split, files, onEvent, signal);
    }),
  );
}
