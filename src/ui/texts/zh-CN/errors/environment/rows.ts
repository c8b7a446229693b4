/** Rows with answers. */
import type { rows as english } from '../../../../../errors/texts/en/environment/rows';
import type { Like } from '../types';
import { describe, firstOf, lineProblem, place } from '../words';

const NAMES_HELP =
  '请按划分给文件命名（train.jsonl、validation.jsonl、test.jsonl，或 data/train-00000-of-00001.parquet 等），或只给一个文件，由程序来划分。';

export const rows: Like<typeof english> = {
  'environment/answer-no-number': ({ where, found }) =>
    `${place(where)}：判定 number 要求答案是数，实为 ${JSON.stringify(found)}。请改正该行，用 rowAnswerForm 指明数在哪里，或选择别的判定。`,
  'environment/answer-no-list': ({ where, found }) =>
    `${place(where)}：判定 one-of 要求答案是文本或数的列表，实为 ${JSON.stringify(found)}。请把可接受的答案写成列表，或选择判定 exact。`,
  'environment/no-row-files': ({ dataset, found }) =>
    `数据集 ${dataset} 应有数据行文件（.jsonl 或 .parquet），但${found.length === 0 ? '一个也没有' : `找到的 ${firstOf(found, 6)} 都不是按划分命名的`}。${NAMES_HELP}`,
  'environment/split-in-places': ({ dataset, split, places }) =>
    `数据集 ${dataset} 的 ${split} 文件在好几处：${firstOf(places, 6)}。请把要用的放进单独的文件夹。`,
  'environment/no-dataset': () =>
    `环境 rows 自己没有任务。请用设置 dataset 指定数据行的文件或文件夹。${NAMES_HELP}`,
  'environment/no-rows': ({ dataset }) => `数据集 ${dataset} 没有数据行。${NAMES_HELP}`,
  'environment/row-id-twice': ({ where, id, other }) =>
    `${place(where)} 的 id 是 ${JSON.stringify(id)}，与 ${place(other)} 相同。请给每行自己的 id，或都不给。`,
  'environment/no-parquet': ({ path, reason }) =>
    `${path} 不能作为 Parquet 读取（${reason}）。请重新下载，或用 Snappy、Zstandard、gzip 或不压缩的方式写出。`,
  'environment/pattern': ({ where, pattern, reason }) =>
    `${place(where)}：${JSON.stringify(pattern)} 不是可用的正则表达式（${reason}）。请改正；RE2 语法没有环视和反向引用。`,
  'environment/row-line': ({ where, problem }) =>
    `${place(where)} ${lineProblem(problem)}。请改正或删除这一行。`,
  'environment/row-empty': ({ where, column, found, setting }) =>
    `${place(where)} 没有 "${column}"，实为${describe(found)}。请填写，或用 ${setting} 指定别的列。`,
  'environment/prompt-blank': ({ where }) => `${place(where)} 是空白的。请写出问题，或删除该行。`,
  'environment/prompt-end': ({ where, role }) =>
    `${place(where)} 的最后一条消息${role === null ? '没有角色' : `的角色是 ${role}`}。请以 user 的消息结尾，由策略来回答。`,
  'environment/prompt-messages': ({ problem }, tell) => tell(problem),
  'environment/answer-kind': ({ where, found, isList }) =>
    `${place(where)} 应为文本、数、true 或 false，实为${describe(found)}。请改正该行${isList ? '，或选择判定 one-of' : ''}。`,
  'environment/answer-form': ({ where, found, isBlank, form }) =>
    `${place(where)} ${isBlank ? '是空白的' : `没有 ${form} 格式的答案`}，实为${describe(found)}。请改正该行，或改 rowAnswerForm。`,
  'environment/row-id': ({ where, found }) =>
    `${place(where)}："id" 应为文本或数，实为${describe(found)}。请写其中之一。`,
};
