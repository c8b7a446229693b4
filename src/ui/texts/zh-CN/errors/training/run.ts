/** What a run or a question is asked to do. */
import type { run as english, Work } from '../../../../../errors/texts/en/training/run';
import type { Like } from '../types';

const WORK: Readonly<Record<Work, string>> = {
  question: '提问',
  training: '训练',
  evaluation: '评测',
  environment: '加载另一个环境',
  download: '移除下载内容',
  export: '导出',
  model: '打开模型',
  import: '导入',
  questions: '生成问题',
  mailbox: '更改邮件',
  check: '检查',
};

export const run: Like<typeof english> = {
  'training/device-lost-again': ({ times, reason, saved }) =>
    `GPU 连续 ${times} 次丢失，其间没有保存过；最后一次的原因：${reason}。${saved === null ? '还没有保存任何内容' : `${saved} 及之前的内容都还在`}。请重新启动浏览器（在命令行中请查看系统的驱动日志）；如果是显存不足，请调小 microBatchTokens 或 numGenerations，然后${saved === null ? '重新训练' : '用 resume=latest 继续'}。`,
  'training/busy': ({ busy, wanted }) =>
    `“${WORK[busy]}”正在进行；请等它结束或先停止它，再进行“${WORK[wanted]}”。`,
  'training/running-other': ({ key, running, asked }) =>
    `正在进行的训练的 ${key} 为 ${running}，现在只能按它提问，不能用 ${asked}。请等它结束，或停止它。`,
  'training/temperature': ({ found }) => `温度为 ${found}；请给出 0（最可能的回答）到 10 的数。`,
  'training/draw': ({ found }) => `尝试的编号为 ${found}；请给出 0 到 65535 的整数。`,
  'training/no-own-words': ({ environment }) =>
    `环境“${environment}”不接受自己写的任务。请从它的任务中选择。`,
  'training/no-task': ({ dataset, task }) =>
    `数据集 ${dataset} 没有任务 ${task}。请选择它的某个任务，或自己写问题。`,
  'training/no-training-tasks': ({ dataset }) =>
    `数据集“${dataset}”没有训练题。请加入问题，或选择别的数据集。`,
  'training/only-warm-start-tasks': ({ dataset, tasks }) =>
    `数据集“${dataset}”的全部 ${tasks} 道训练题都留给了热启动。请加入 stage 为 policy 的问题，或调大 trainDatasetSize。`,
  'training/no-expert': ({ environment, episodes }) =>
    `环境“${environment}”没有专家，因此无法演示 warmStartEpisodes 要求的 ${episodes} 个回合。请把它设为 0，或用 warmStartFile 给出对话。`,
  'training/no-conversation-fits': ({ file, maxSeqLength }) =>
    `${file} 中没有一段对话放得进 maxSeqLength 的 ${maxSeqLength} 个词元。请调大它，或缩短对话。`,
  'training/nothing-to-learn': () =>
    '热启动没有可学的内容：没有一个专家回合成功。请看上面的警告，或把 warmStartEpisodes 设为 0。',
};
