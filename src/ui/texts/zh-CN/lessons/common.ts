import type { PageTexts } from '../../catalogue';
import { integer } from '../../../format';

export const lessons: PageTexts['lessons'] = {
  title: '课程',
  lead: '六节短课，就在这个页面上动手：先预测，再运行，然后观察，最后解释。所有数字都来自你自己的运行。',
  open: '课程',
  glossary: '术语表',
  guide: '教师指南',
  guideFile: 'teachers.zh-CN.html',
  close: '关闭',
  name: {
    given: '哪些是采样的，哪些是给定的',
    mask: '为什么需要掩码',
    groups: '组与优势',
    clip: '裁剪与 KL',
    holes: '有漏洞的奖励',
    real: '从玩具到真实模型',
  },
  about: {
    given: '一段对话里，哪些词元是谁写的？',
    mask: '如果工具返回的文字也参与训练，会怎样？',
    groups: '奖励怎样变成对每个词的推动？',
    clip: '是什么让一步不至于走得太远？',
    holes: '奖励给错了地方，你会得到什么？',
    real: '模型大了一千倍，哪些东西不变？',
  },
  minutes: (withCard, without) =>
    withCard === without ? `${withCard} 分钟` : `${withCard} 分钟（没有显卡时 ${without} 分钟）`,
  progress: (done, of) => (done === 0 ? `${integer(of)} 步` : `已完成 ${done} / ${of} 步`),
  step: (step, of) => `第 ${step} 步，共 ${of} 步`,
  back: '上一步',
  next: '下一步',
  skip: '跳过，看下一步',
  finish: '结束本课',
  nextLesson: (name) => `下一课：${name}`,
  leave: '离开课程',
  predict: '先预测',
  predictFirst: '请先选择你的预测。',
  busy: '有一次运行正在进行。请等它结束，或者按“停止”。',
  waiting: '完成这一步之后，这里会显示数字。',
  done: '这一步已完成。',
  explanation: '你的数字说明了什么',
  agreed: '你的数字证实了你的预测。',
  differed: (found) => `你的数字给出的答案不同：${found}`,
  settingsChanged: '本课改动了你的设置。原来的设置已保留。',
  giveBack: '恢复我原来的设置',
  keep: '保留现在的设置',
  changesSettings: '这个按钮会改动页面上的设置。你原来的设置会保留，随时可以恢复。',
  terms: [
    {
      term: 'GPU（图形处理器）',
      text: '显卡上的处理器，能同时做大量乘法，而模型正是由乘法构成的。没有显卡时由主处理器来算，要慢很多倍。',
    },
    {
      term: '词元（token）',
      text: '模型读写的一小段文字：一个词、词的一部分，或者一个符号。模型一个接一个地写出词元。',
    },
    {
      term: '奖励',
      text: '给整段对话打的一个分数：用正当办法找到正确答案，分数就高；答错了，分数就低。模型看不到它，训练才用得到。',
    },
    { term: '组', text: '模型对同一个问题的多次尝试，彼此之间相互比较。' },
    {
      term: '标准差（sd）',
      text: '一组数通常离它们的均值有多远。1、1、1 的标准差是 0；0 和 2 的标准差是 1。',
    },
    {
      term: '优势',
      text: '一次尝试比同组的其他尝试好多少：奖励减去组内均值，再除以标准差。大于 0，它的词元以后更可能出现；小于 0，则更不可能。',
    },
    { term: '掩码', text: '规定哪些词元参与训练。在这里，是模型自己写的那些。' },
    {
      term: '奈特（nat）',
      text: '信息量的单位，和比特类似，1 比特等于 0.69 奈特。概率为二分之一的词元带有 0.69 奈特的信息。',
    },
    {
      term: '熵',
      text: '模型对下一个词元有多犹豫，单位是奈特。0 表示十分肯定；0.69 相当于抛一枚硬币。',
    },
    {
      term: 'KL 散度',
      text: '训练后的模型离起点有多远，单位是奈特每词元。0 表示写法和原来一样。',
    },
    {
      term: '概率比与裁剪',
      text: '一个词元现在的概率是写下它时的多少倍。超出 0.8 到 1.2 的范围就不再起作用，也就是被裁剪。',
    },
    { term: '策略', text: '从“决定下一个词元是什么”的角度来看的模型。' },
    {
      term: '随机种子',
      text: '一切随机性都由它决定的一个数。种子相同，运行就相同；换一个种子，运行也随之不同。',
    },
  ],
};
