/** Texts of SettingsError, and of the problems that it lists. */
import type { Called, RuleData } from '../rule';
import type { Tell, Told } from '../types';
import { library } from './library';
import { ruleWords } from './rule';

export const settings = {
  ...library,
  settings: ({ problems }: { problems: readonly Told[] }, tell: Tell) => problems.map(tell).join('\n'),
  'settings/value': ({ called, given, rule }: { called: Called; given: string; rule: RuleData }) =>
    `${calledWords(called)} is ${given}; allowed: ${ruleWords(rule)}.`,
  'settings/no-value': ({ name }: { name: string }) => `--${name} needs a value.`,
  'settings/set': ({ given }: { given: string }) => `--set takes key=value, found '${given}'.`,
  'settings/twice': ({ name, first, second }: { name: string; first: string; second: string }) =>
    `${name} is given twice, as '${first}' and as '${second}'; give it once.`,
  'settings/file': () => 'The configuration file must hold one JSON object of settings.',
  'settings/preset-no-name': () => 'preset in the configuration file must be a name.',
  'settings/unknown-preset': ({ name, known }: { name: string; known: readonly string[] }) =>
    `There is no preset '${name}'; there are ${known.join(', ')}.`,
  'settings/unknown': ({ name, inFile, near }: { name: string; inFile: boolean; near: string | null }) =>
    `There is no setting '${name}'${inFile ? ' (in the configuration file)' : ''}; ` +
    (near === null ? 'docs/settings.md lists them all.' : `did you mean ${near}?`),
  'settings/turn-too-long': ({ maxTokens, maxSeqLength }: { maxTokens: number; maxSeqLength: number }) =>
    `maxTokens is ${maxTokens}, more than maxSeqLength ${maxSeqLength}: a turn cannot fit.`,
  'settings/warmup-too-long': ({ warmupSteps, maxSteps }: { warmupSteps: number; maxSteps: number }) =>
    `warmupSteps is ${warmupSteps}; it must be below maxSteps, which is ${maxSteps}.`,
  'settings/template-arguments': ({ chatTemplateArguments }: { chatTemplateArguments: string }) =>
    `chatTemplateArguments is ${chatTemplateArguments}; give a JSON object such as {"reasoning_effort": "low"}, or none.`,
  'settings/template-date': ({ templateDate }: { templateDate: string }) =>
    `templateDate is ${templateDate}; give a day as YYYY-MM-DD.`,
  'settings/cispo-cap': ({ epsilonHigh }: { epsilonHigh: number }) =>
    `epsilonHigh is ${epsilonHigh}; with lossType cispo the ratio is capped at epsilonHigh itself, so below 1 it would ` +
    'only shrink every gradient. Set it to 1 or more; 5 is usual.',
  'settings/delta': ({ delta, least }: { delta: number; least: number }) =>
    `delta is ${delta}; it must be above 1 + epsilonHigh, which is ${least}, or 0 for no such bound.`,
  'settings/spread-of-two-rewards': ({ minGroupStd }: { minGroupStd: number }) =>
    `minGroupStd is ${minGroupStd}; rewards of 0 and 1 never spread more than 0.5, so every group would be dropped.`,
};

function calledWords(called: Called): string {
  if (typeof called === 'string') return called;
  return 'defaultOf' in called
    ? `the default of its setting "${called.defaultOf}"`
    : `${called.variable} (${called.setting})`;
}
