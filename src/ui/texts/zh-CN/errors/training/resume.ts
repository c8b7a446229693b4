/** Runs that go on. */
import type { ChangedSetting, resume as english } from '../../../../../errors/texts/en/training/resume';
import { damagedWords } from '../damage';
import type { Like } from '../types';
import { listed } from '../words';

const changedWords = (changed: readonly ChangedSetting[]): string =>
  changed.map(({ name, was, now }) => `${name}（原为 ${was}，现为 ${now}）`).join('；');

const LISTS = { training: '训练', validation: '验证' };

export const resume: Like<typeof english> = {
  'training/no-such-checkpoint': ({ name, known }) =>
    `没有可以继续的 ${name}。${known.length > 0 ? `现有 ${listed(known)}。` : '一个检查点也没有；请用 resume=no 重新开始。'}`,
  'training/checkpoint-damaged': ({ path, damaged, whole }, tell) =>
    `无法从 ${path} 继续：${damaged.map((file) => damagedWords(file, tell)).join('；')}。` +
    (whole === null
      ? '这次运行没有别的完整检查点；请在别的 outputDir 中重新开始。'
      : `${whole} 是完整的：请用 resume=${whole} 从那里继续。`),
  'training/reference-damaged': ({ folder, damaged }, tell) =>
    `KL 的参考是 ${folder} 中的适配器，但它无法读取：${damaged.map((file) => damagedWords(file, tell)).join('；') || '它不存在'}。请用 resume=no 重新开始；如果要保留这次运行，请换一个 outputDir。`,
  'training/other-settings': ({ folder, changed }) =>
    `${folder} 中的运行的设置与要求的不同：${changedWords(changed)}。请用原来的值继续，或在别的 outputDir 中重新开始。`,
  'training/other-environment': ({ environment, folder }) =>
    `自 ${folder} 中的运行以来，环境 ${environment} 已经变了：它的文件或任务不同了。请恢复该文件，或在别的 outputDir 中重新开始。`,
  'training/other-questions': ({ lists, dataset, folder }) =>
    `数据集“${dataset}”的${lists.map((one) => LISTS[one]).join('和')}题与 ${folder} 中的运行所用的不同。请恢复数据集，或在别的 outputDir 中重新开始。`,
};
