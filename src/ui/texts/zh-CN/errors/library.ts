/** Texts of SettingsError about calls of the library. */
import type { library as english } from '../../../../errors/texts/en/library';
import type { Like } from './types';
import { listed } from './words';

export const library: Like<typeof english> = {
  'settings/running-environment': ({ running, asked }) =>
    `这个引擎上正在运行环境“${running}”，现在只能问它，不能问另一个“${asked}”。请等它结束，或再打开一个引擎。`,
  'settings/running-value': ({ name, running, asked }) =>
    `这个引擎上正在进行的运行的 ${name} 为 ${running}，因此提问不能用 ${asked}。请去掉它、等运行结束，或再打开一个引擎。`,
  'settings/task-or-text': ({ given }) =>
    `${given === 'neither' ? 'task 和 text 都没有给出' : 'task 和 text 同时给出了'}。请用 task 给出任务的 id 或任务，或用 text 给出你自己写的内容。`,
  'settings/split': ({ found, known }) => `split 为“${found}”；允许的值：${listed(known)} 之一。`,
  'settings/engine-and': ({ name }) => `engine 和 ${name} 同时给出了。引擎自带模型和设备；请只给其中之一。`,
  'settings/contradiction': ({ name, given, asked }) =>
    `settings.${name} 为 ${given}，但调用要求 ${asked}。请去掉其中之一。`,
  'settings/two-places': ({ folder }) =>
    `outputDir（${folder}）和 store 同时给出了。一次运行只有一个位置；请只给其中之一。`,
  'settings/no-place': ({ resume }) =>
    `resume 为 ${resume}，但 outputDir 和 store 都没有说明要继续的运行在哪里。请给出其中之一。`,
  'settings/no-reward-part': ({ part, environment, known }) =>
    `rewardWeights 写了“${part}”部分；环境 ${environment} 的奖励部分是 ${listed(known)}。`,
  'settings/reward-weight': ({ part, given }) =>
    `rewardWeights 给 ${part} 的权重是“${given}”；请写一个数，例如 ${part}=1。`,
};
