import type { PageTexts } from '../catalogue';

export const training: PageTexts['training'] = {
  intro: {
    title: '它是怎样学习的',
    steps: [
      {
        name: '尝试。',
        text: '模型拿到一个问题，调用工具（例如检索邮箱），阅读返回的内容，然后作答；同一个问题要试好几遍，每遍都略有不同。',
      },
      {
        name: '比较。',
        text: '每次尝试得到一个奖励。比同组其他尝试好，优势为正；比它们差，优势为负。',
      },
      {
        name: '学习。',
        text: '好的尝试里的词变得更有可能出现，差的变得更不可能。只算模型自己写的词：这就是掩码。',
      },
    ],
    example: '一次尝试，逐个词元来看',
    exampleLabel: '示例的词元',
  },
  accuracy: {
    title: '准确率',
    caption: '答对的比例：训练中（采样的回答），以及在从不用于训练的问题上的评测。',
  },
  meanOf: (steps) => `训练，${steps} 步均值`,
  eachStep: '每一步',
  withDeviation: (caption) => `${caption}细线是上下各一个标准差。`,
  above: '+1 标准差',
  below: '−1 标准差',
  tokensThatCount: {
    title: '被计入的词元',
    caption: '参与训练：有梯度的词元所占的比例。实际计算：合并相同前缀之后剩下的比例。',
  },
  groupsThatTeach: {
    title: '能学到东西的组',
    caption: '组内回答的奖励有高有低的问题。全对或全错什么也教不了，会被丢弃。',
  },
  rewardParts: {
    title: '奖励的组成',
    caption: '每个部分在它适用的采样轨迹上的均值，尚未乘以权重。',
  },
  evaluations: '评测',
  evaluationsNote: '每次都是相同的问题，而且从不用于训练。',
  evaluationsTable: '评测列表',
  meanAndDeviation: '均值 ± 标准差',
  step: '步',
  start: '起点',
  test: '测试',
  best: '最佳',
};
