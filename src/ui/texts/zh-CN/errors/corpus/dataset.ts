/** A data set whose files do not fit together, and its records. */
import type { dataset as english, Expected } from '../../../../../errors/texts/en/corpus/dataset';
import type { Like } from '../types';
import { describeKind, place } from '../words';

const EXPECTED: Readonly<Record<Expected, string>> = {
  text: '文本',
  'filled-text': '非空白的文本',
  texts: '文本列表',
  names: '以地址为键、文本为值的对象',
  marks: '由 {kind, start, end} 组成的列表，kind 为 quote、forward 或 signature',
  number: '数',
  'number-or-null': '数或 null',
  'search-method': '"exact" 或 "broad"',
  split: 'train、validation 或 test',
  stage: 'warm-start 或 policy',
  calls: '工具调用的列表，每个调用含 name 和 arguments',
  evidence: '引文的列表，每条含 message_id、field、start 和 end',
  day: 'YYYY-MM-DD 形式的日期',
};

export const dataset: Like<typeof english> = {
  'corpus/manifest-no-json': ({ file, reason }) => `${file} 不是 JSON（${reason}）。`,
  'corpus/no-mail': ({ dataset }) => `数据集 ${dataset} 没有邮件。请先加入邮件再训练。`,
  'corpus/mail-id-twice': ({ dataset, id }) =>
    `数据集 ${dataset} 有两封邮件的 id 都是 ${id}。请让每封邮件有自己的 id。`,
  'corpus/question-id-twice': ({ dataset, id, first, second }) =>
    `数据集 ${dataset} 中，问题 ${id} 在 ${first} 中出现，又在 ${second} 中出现。请让每个问题有自己的 id，且只属于一个划分。`,
  'corpus/question-of-unknown-mail': ({ dataset, question, mail }) =>
    `数据集 ${dataset}：问题 ${question} 指向邮件 ${mail}，但邮箱中没有它。请加入该邮件，或去掉该问题。`,
  'corpus/question-of-hidden-mail': ({ dataset, question, inbox, mail }) =>
    `数据集 ${dataset}：问题 ${question} 是在收件箱 ${inbox} 中提出的，但它的邮件 ${mail} 既不是该地址发出的，也不是发给它的，检索无法找到。请改正收件箱或邮件。`,
  'corpus/mail-files': ({ dataset, files, needed }) =>
    `数据集 ${dataset} 写明有 ${files} 个邮件文件，但它的邮件需要 ${needed} 个。请写明这么多个文件再写出。`,
  'corpus/count': ({ dataset, promised, what, file, found }) =>
    `数据集 ${dataset} 声明 ${file} 中有 ${promised} ${what === 'mails' ? '封邮件' : `个 ${what} 问题`}，实际有 ${found}。请重新加载文件，或重写清单。`,
  'corpus/no-object': ({ where, found }) => `${place(where)} 应为 JSON 对象，实为${describeKind(found)}。`,
  'corpus/file-not-read': ({ path, reason }) =>
    `数据集的文件 ${path} 无法读取：${reason}。请检查数据集文件夹。`,
  'corpus/too-few-mails': ({ mails, needed }) =>
    `这些问题只涉及 ${mails} 封邮件，不足以划分训练、验证和测试。请给出至少涉及 ${needed} 封邮件的问题。`,
  'corpus/questions-too-large': ({ file, limit }) => `问题文件 ${file} 超过 ${limit} 字节。请拆分它。`,
  'corpus/csv-quote': ({ line }) => `第 ${line} 行开始的带引号字段没有结束。请补上结束的引号。`,
  'corpus/no-usable-question': ({ file, rejected, first }) =>
    `${file} 中没有问题能用于导入的邮件：${
      first === null
        ? '文件中没有问题'
        : `全部 ${rejected} 个都未采用，第一个（${first.source}）的原因是：${first.reason}`
    }。请导入这些问题所涉及的邮件。`,
  'corpus/line-no-json': ({ where, reason }) =>
    `${place(where)} 不是 JSON（${reason}）。请改正或删除这一行。`,
  'corpus/field': ({ where, name, expected, found }) =>
    `${place(where)}："${name}" 应为${EXPECTED[expected]}，实为${describeKind(found)}。`,
};
