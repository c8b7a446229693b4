/** Files of batches that are verified. */
import type {
  BatchNeeds,
  BatchProblem,
  verify as english,
} from '../../../../../errors/texts/en/training/verify';
import type { Like } from '../types';
import { listed } from '../words';

const NEEDS: Readonly<Record<Extract<BatchNeeds, string>, string>> = {
  number: '必须是数',
  positive: '必须大于 0',
  list: '必须是非空列表',
  object: '必须是对象',
  'token-ids': '必须由词元 id 组成',
};

function needsWords(needs: BatchNeeds): string {
  if (typeof needs === 'string') return NEEDS[needs];
  if ('among' in needs) return `必须是 ${listed(needs.among)} 之一`;
  return 'numbers' in needs ? `必须有 ${needs.numbers} 个数` : '必须由对数概率组成，即不大于 0';
}

function problemWords(problem: BatchProblem): string {
  if (problem === 'no-object') return '它不是 JSON 对象';
  const { field, needs, found } = problem;
  const at = typeof needs === 'object' && 'logProbsAbove' in needs ? `（位置 ${needs.logProbsAbove}）` : '';
  return `${field} ${needsWords(needs)}${found === null ? '' : `，实为 ${found}${at}`}`;
}

export const verify: Like<typeof english> = {
  'training/verify-batch': ({ problem }) => `批次文件不可用：${problemWords(problem)}。`,
  'training/no-batch': () => '要检查的文件中没有 batch.json。',
  'training/batch-no-json': ({ reason }) => `batch.json 不是 JSON（${reason}）。请重新写出。`,
};
