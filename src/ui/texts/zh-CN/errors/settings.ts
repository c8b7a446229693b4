/** Texts of SettingsError, and of the problems that it lists. */
import type { Called } from '../../../../errors/texts/rule';
import { library } from './library';
import { ruleWords } from './rule';
import type { TextsOf } from './types';
import { listed } from './words';

export const settings: TextsOf<'settings'> = {
  ...library,
  settings: ({ problems }, tell) => problems.map(tell).join('\n'),
  'settings/value': ({ called, given, rule }) =>
    `${calledWords(called)} 为 ${given}；允许的值：${ruleWords(rule)}。`,
  'settings/no-value': ({ name }) => `--${name} 需要一个值。`,
  'settings/set': ({ given }) => `--set 的形式是 键=值，实为“${given}”。`,
  'settings/twice': ({ name, first, second }) =>
    `${name} 给了两次，一次是“${first}”，一次是“${second}”；请只给一次。`,
  'settings/file': () => '配置文件必须是一个由设置组成的 JSON 对象。',
  'settings/preset-no-name': () => '配置文件中的 preset 必须是一个名字。',
  'settings/unknown-preset': ({ name, known }) => `没有预设“${name}”；现有的预设是 ${listed(known)}。`,
  'settings/unknown': ({ name, inFile, near }) =>
    `没有设置“${name}”${inFile ? '（在配置文件中）' : ''}；` +
    (near === null ? 'docs/settings.md 列出了所有设置。' : `你是不是想写 ${near}？`),
  'settings/turn-too-long': ({ maxTokens, maxSeqLength }) =>
    `maxTokens 为 ${maxTokens}，大于 maxSeqLength ${maxSeqLength}：一轮放不下。`,
  'settings/warmup-too-long': ({ warmupSteps, maxSteps }) =>
    `warmupSteps 为 ${warmupSteps}；必须小于 maxSteps，即 ${maxSteps}。`,
  'settings/template-arguments': ({ chatTemplateArguments }) =>
    `chatTemplateArguments 为 ${chatTemplateArguments}；请给出 JSON 对象，例如 {"reasoning_effort": "low"}，或 none。`,
  'settings/template-date': ({ templateDate }) =>
    `templateDate 为 ${templateDate}；请给出 YYYY-MM-DD 形式的日期。`,
  'settings/cispo-cap': ({ epsilonHigh }) =>
    `epsilonHigh 为 ${epsilonHigh}；lossType 为 cispo 时，概率比的上限就是 epsilonHigh 本身，小于 1 只会缩小所有梯度。请设为 1 或更大；通常取 5。`,
  'settings/delta': ({ delta, least }) =>
    `delta 为 ${delta}；必须大于 1 + epsilonHigh，即 ${least}，或设为 0 表示没有这个上限。`,
  'settings/spread-of-two-rewards': ({ minGroupStd }) =>
    `minGroupStd 为 ${minGroupStd}；奖励只有 0 和 1 时，标准差不会超过 0.5，因此所有组都会被丢弃。`,
};

function calledWords(called: Called): string {
  if (typeof called === 'string') return called;
  return 'defaultOf' in called
    ? `设置“${called.defaultOf}”的默认值`
    : `${called.variable}（${called.setting}）`;
}
