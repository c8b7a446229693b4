/** What is wrong with a run's files. */
import type { Damage, DamagedFile, IndexFault } from '../../../../errors/texts/damage';
import type { Tell } from '../../../../errors/texts/types';

/** Follows the file's name. */
export function damageWords(damage: Damage, tell: Tell): string {
  switch (damage) {
    case 'missing':
      return '不存在';
    case 'damaged-or-missing':
      return '已损坏或不存在';
    case 'unfinished':
      return '没有写完';
    case 'other-sum':
      return '的 SHA-256 与写入时不同';
    case 'other-save':
      return '与 trainer_state.json 不是同一次保存的';
  }
  if ('bytes' in damage) return `有 ${damage.bytes} 字节，应为 ${damage.recorded} 字节`;
  if ('noStateOfStep' in damage) return `不是第 ${damage.noStateOfStep} 步的训练器状态（格式 1）`;
  return `无法读取（${tell(damage.unreadable)}）`;
}

export function damagedWords({ path, damage }: DamagedFile, tell: Tell): string {
  return `${path} ${damageWords(damage, tell)}`;
}

const INDEX_FAULTS: Readonly<Record<Extract<IndexFault, string>, string>> = {
  missing: '不存在',
  empty: '是空的',
  'no-json': '不是 JSON',
  'no-index': '不是运行的索引',
  'no-checkpoints': '没有列出检查点',
  'no-list-of-checkpoints': '没有检查点列表',
  'no-list-of-files': '没有文件列表',
  'other-sum': '的 SHA-256 与写入时不同',
  'names-no-files': '没有列出文件，旁边也没有运行的 config.json 或 metrics.jsonl',
};

/** Follows the index's name. */
export function indexWords(fault: IndexFault): string {
  return typeof fault === 'string' ? INDEX_FAULTS[fault] : `的格式是 ${fault.format}，这里不认识`;
}
