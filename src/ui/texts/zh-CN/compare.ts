import type { PageTexts } from '../catalogue';
import { integer, list } from './format';

export const compare: PageTexts['compare'] = {
  empty: '还没有运行。用同一个随机种子，加掩码和不加掩码各训练一次：两者从相同的回答出发，曲线会叠放在这里。',
  whatDiffers: '差别在哪里',
  atEqual: '对齐方式',
  axis: { steps: '步数', seconds: '时间', tokens: '词元数' },
  axisName: { steps: '步', seconds: '秒', tokens: '词元' },
  meanOf: (caption, steps) => `${caption}取 ${steps} 步的均值。`,
  endsEarly: (name, step) => `${name} 止于第 ${step} 步：此后没有一组的奖励有高有低，因此什么也没有训练。`,
  startAndBest: '起始模型的准确率，以及此后的最高值。',
  timeOfWork: '计算用时',
  table: '运行列表',
  settingsThatDiffer: '有差别的设置',
  setting: '设置',
  results: (steps) => `结果（最后 ${steps} 步的均值）`,
  about: (steps, stored, seed) =>
    `${integer(steps)} 步${seed === null ? '' : `，随机种子 ${seed}`}${stored ? '，已保存' : ''}`,
  pool: (name, runs, seeds) =>
    `${name}，${seeds === runs ? `${seeds} 个随机种子` : `${runs} 次运行，${seeds} 个随机种子`}`,
  oneByOne: (shown, all) => `${all} 次运行中显示 ${shown} 次`,
  seeds: '随机种子',
  band: { range: '均值、最低到最高', error: '均值 ± 标准误', apart: '分开显示' },
  bandIs: {
    range: '线：各随机种子的均值；色带：从最低到最高。',
    error: '线：各随机种子的均值；色带：上下各一个标准误。',
  },
  spread: (mean, low, high) => `${mean}（${low} 到 ${high}）`,
  kinds: {
    title: '这些运行不能对比',
    why: '它们回答的测试题不同，数值相等也不代表同样的水平。请选择同一类运行：',
    value: (setting, value) => `${setting}：${value}`,
    only: (runs) => (runs === 1 ? '只显示这次运行' : `只显示这 ${runs} 次运行`),
  },
  trained: {
    masked: '只训练模型自己写的部分',
    rollout: '工具结果也参与训练',
    simple: '只答一次，不用工具',
  },
  sibling: {
    masked: '同样的设置，加掩码再训练',
    rollout: '同样的设置，不加掩码再训练',
    simple: '同样的设置，以简单模式再训练',
  },
  mode: { masked: '加掩码', rollout: '不加掩码', simple: '简单' },
  runName: (mode, folder) => `${mode} · ${folder}`,
  reading: {
    none: '没有选择运行。请勾选要叠放在一起的运行。',
    running: (name) => `“${name}”正在训练；每完成一步，曲线就会延长。`,
    one: '目前只有一次运行。换一种模式再训练一次：问题相同，随机种子相同，只有参与训练的内容不同。',
    unknown: '有一次运行的设置无法读取，因此不知道差别在哪里。',
    differ: (modesToo, settings, more) =>
      `这些运行的差别在于${modesToo ? '训练的内容，以及' : ''}${list(settings)}${more === 0 ? '' : `，还有另外 ${more} 项`}：见下表。`,
    alike: '设置完全相同：这些运行的结果应该一样。',
    onlyMode: '问题、随机种子和设置都相同：这些运行只在训练的内容上不同。',
    sameStart: '加掩码与不加掩码在第一步采样到的回答完全相同；此后的差别都来自掩码。',
  },
};
