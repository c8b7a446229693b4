import type { PageTexts } from '../catalogue';
import { integer } from './format';

export const why: PageTexts['why'] = {
  step: (step) => `第 ${step} 步`,
  notKept: (steps) =>
    steps === ''
      ? '这一步的轨迹没有保留。'
      : `这一步的轨迹没有保留：页面只保留内存放得下的最近几步。现有第 ${steps} 步。`,
  notMeasured: '没有测量这一步带来的变化。在曲线下方勾选“测量每一步带来的变化”，之后的步就会测量。',
  nothingTrained: '它的组全部被舍弃，所以这一步什么也没有改变。',
  pictured: '更新的图示：',
  moved: '这一步改变最大的词元',
  from: (before, after, isUp) => `${before} → ${after}，${isUp ? '更可能' : '更不可能'}`,
  jump: {
    step: '查看原因，第几步',
    open: '打开',
    hint: '也可以点击曲线上的点。',
  },
  reason: {
    kept: '参与训练',
    unscorable: '已舍弃：能评分的采样轨迹不足两条',
    'all-right': '已舍弃：全部答对，没有可比较的',
    'all-wrong': '已舍弃：全部答错，没有可比较的',
    alike: '已舍弃：奖励全都一样，没有可比较的',
    'little-spread': '已舍弃：要训练的数值几乎没有差别',
  },
  source: { prompt: '提示词', sampled: '模型', tool: '工具' },
  yes: '是',
  no: '否',
  token: {
    title: (text, at) => `词元 ${at}：${text}`,
    noLogits: '每一步只读取推动最大的少数词元的 logit；这段对话中有：',
  },
  table: {
    title: '词元的全部数值（表格）',
    all: '也显示未训练的词元',
    more: (n) => `再显示 ${integer(n)} 个`,
    heads: [
      '词元',
      '编号',
      '来源',
      '掩码',
      '当前对数概率',
      '采样时对数概率',
      '参考对数概率',
      '这一步之后',
      '概率比',
      '裁剪',
      '优势',
      '占梯度的份额',
    ],
  },
  tree: {
    title: '这个组作为实际训练的树',
    noIds: '没有保留词元编号，无法画出这棵树。',
    counts: (distinct, total, share) =>
      `只计算 ${distinct} 个不同的词元，而不是 ${total} 个（${share}）。颜色：推动该词元的优势之和。`,
    sharedByAll: (n) => `全部 ${n} 条采样轨迹共有。`,
    sharedBy: (n, which) => (n === 1 ? `第 ${which} 条采样轨迹。` : `第 ${which} 条采样轨迹共有。`),
    push: (mean) => `平均推动 ${mean}。`,
    end: (rollout, reward, advantage) => `第 ${rollout} 条到此结束：奖励 ${reward}，优势 ${advantage}`,
  },
  picture: {
    title: (token, at) => `这一步怎样改变词元 ${at}：${token}`,
    heads: ['候选词元', '之前的 logit 和 p', '该词元的推动', '之后的 logit 和 p'],
    advantage: (advantage, isUp) =>
      isUp
        ? `优势 ${advantage}：好于同组的其他轨迹，所以抽到的词元应变得更可能。`
        : `优势 ${advantage}：差于同组的其他轨迹，所以抽到的词元应变得更不可能。`,
    slope: (slope, temperature, share) =>
      `推动 = −斜率 ·（该词元为 1，其余为 0，再减 p）/ T，斜率 ${slope}，T ${temperature}${share === null ? '' : `；占这一步梯度的 ${share}`}。`,
    said: (token, before, after) => `${token}：${before}，之后 ${after}。`,
    caption:
      '“之前”和“之后”是在整步前后测得的，这一步的其他词元也通过共享的权重一起推动，所以结果不一定与这一次推动一致。',
    save: '保存为 SVG',
    file: '词元更新',
  },
  follow: {
    title: '学习过程中的同一个问题',
    note: (every) => `开始时、每 ${every} 步之后和结束时各问一次，总是取最可能的词元。它不改变学到的内容。`,
    waiting: '第一步之前会有第一个回答。',
    atStep: (step) => (step === 0 ? '开始时' : `第 ${step} 步之后`),
    reward: (reward) => `奖励 ${reward}`,
    tokens: (step) => `第 ${step} 步之后回答的词元`,
    question: '跟踪的问题',
    firstQuestion: '第一道验证题',
    otherQuestions: '列出其他问题',
    measure: '测量每一步带来的变化（多一次前向计算）',
  },
};
