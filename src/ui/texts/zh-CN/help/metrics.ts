/** Help of what steps and evaluations record. */
import type { Help } from '../../catalogue';

const gradNorm = { label: '梯度范数', caption: '整个梯度在裁剪之前的范数；取这一步各次更新的均值。' };
const learningRate = { label: '学习率', caption: '这一步各次更新所用的学习率。' };

export const stepMetrics: Help['stepMetrics'] = {
  step: { label: '步', caption: '是第几步。' },
  maxSteps: { label: '步数', caption: '运行计划的步数。' },
  mode: { label: '模式', caption: '训练哪些内容，与设置 `mode` 相同。' },
  loss: {
    label: '损失',
    short: '损失',
    caption: '优化器要降低的量。在 GRPO 中它总在零附近；重要的是它的梯度，而不是它的高低。',
  },
  policyLoss: { label: '策略损失', caption: '只有目标函数本身，不含 KL 和熵的项。' },
  kl: {
    label: '与起点的 KL 散度',
    short: 'KL 散度',
    caption: '策略离开出发时的模型有多远，单位是奈特/词元。',
  },
  entropy: {
    label: '熵',
    short: '熵',
    caption: '模型在每个词元上有多犹豫，单位是奈特。零表示它总是说同样的话。',
  },
  rewardMean: { label: '奖励', short: '均值', caption: '一步中所有采样轨迹的均值。' },
  rewardStd: { label: '奖励的离散度', caption: '同样这些采样轨迹的总体标准差。' },
  rewardMin: { label: '最低奖励', caption: '同样这些采样轨迹中的最低值。' },
  rewardMax: { label: '最高奖励', caption: '同样这些采样轨迹中的最高值。' },
  accuracy: { label: '训练中的准确率', caption: '一步的采样轨迹中答对的比例。' },
  clipFraction: { label: '被裁剪词元的比例', caption: '梯度因裁剪而消失的训练词元。' },
  gradNorm,
  firstRatioError: {
    label: '训练与采样的差异',
    caption: '训练器和采样器对同样词元的判断相差多少。应当接近零。',
  },
  skippedUpdates: {
    label: '跳过的更新',
    caption: '因损失、对数概率或梯度不是有限数而跳过的更新。',
  },
  learningRate,
  meanLevel: {
    label: '问题的难度',
    short: '平均级别',
    caption: '课程：一步中问题的平均级别。1 级最容易。',
  },
  groups: { label: '提问的组数', caption: '一步中提出的问题数，每个问题对应一组采样轨迹。' },
  groupsResampled: {
    label: '补问的问题',
    short: '补问',
    caption: '动态采样：什么也教不了的组由另一个问题的组替换。',
  },
  groupsKept: {
    label: '保留的组',
    short: '有对有错',
    caption: '参与训练的组，最多 `batchSize` 个。',
  },
  groupsAllRight: {
    label: '全对的组',
    short: '全对',
    caption: '所有提问的组中，每条采样轨迹都答对的组。',
  },
  groupsAllWrong: {
    label: '全错的组',
    short: '全错',
    caption: '所有提问的组中，没有一条采样轨迹答对的组。',
  },
  trainableTokens: {
    label: '参与训练的词元',
    caption: '掩码选中的词元，包括所有采样轨迹，也包括被丢弃的组。',
  },
  totalTokens: { label: '词元数', caption: '所有采样轨迹的全部词元，包括被丢弃的组。' },
  trainableRatio: {
    label: '参与训练的词元比例',
    short: '参与训练',
    caption: '有梯度的词元占全部词元的比例。',
  },
  forestTokens: { label: '不同的词元', caption: '合并相同前缀之后剩下的词元，包括被丢弃的组。' },
  forestRatio: {
    label: '实际计算的词元比例',
    short: '实际计算',
    caption: '不同的词元占全部词元的比例。',
  },
  meanTurns: { label: '轮数', caption: '一条采样轨迹中助手发言的轮数。' },
  toolCalls: { label: '工具调用', caption: '成功解析的调用。' },
  toolErrors: { label: '工具错误', caption: '结果是错误的调用，例如参数有误或工具不存在。' },
  turnsWithoutCall: { label: '没有调用的轮次', caption: '可以调用工具、却连开头都没有写的轮次。' },
  brokenCalls: { label: '残缺的调用', caption: '开了头却读不出来的调用：JSON 有误，或被截断。' },
  wrongArguments: { label: '错误的参数', caption: '读出来了、但参数不被工具接受的调用。' },
  typeSlips: { label: '类型笔误', caption: '按另一种类型读取的参数，例如把 "5" 读作 5。' },
  truncatedResults: {
    label: '被截短的工具结果',
    caption: '为放进上下文而截短或替换的结果：被截掉的部分，策略从未看到。',
  },
  truncatedRollouts: {
    label: '被截断的采样轨迹',
    caption: '最后一轮碰到 `maxTokens`、或上下文已满的采样轨迹。',
  },
  gpuBytes: { label: 'GPU 内存', caption: '这一步之后占用的 GPU 缓冲区字节数。' },
  rolloutSeconds: { label: '采样用时', caption: '采样的实际用时。' },
  trainSeconds: { label: '更新用时', caption: '各次更新的实际用时。' },
  tokensPerSecond: {
    label: '速度',
    short: '词元/秒',
    caption: '每秒处理的词元数，采样和训练合在一起。',
  },
};

export const warmStartMetrics: Help['warmStartMetrics'] = {
  step: { label: '步', caption: '一直数到 0；第 0 步就是 GRPO 开始时的策略。' },
  loss: {
    label: '热启动的损失',
    short: '损失',
    caption: '专家的词元在模型看来有多不可能，单位是奈特/词元。它会降向零。',
  },
  trainedTokens: { label: '参与训练的词元', caption: '专家写的词元。' },
  totalTokens: { label: '词元数', caption: '这一步中所有对话的全部词元。' },
  gradNorm,
  learningRate,
  seconds: { label: '用时', caption: '这一步的实际用时。' },
};

export const evaluationMetrics: Help['evaluationMetrics'] = {
  step: { label: '步', caption: '在第几步之后；0 表示训练前的模型。' },
  isBaseline: { label: '基线', caption: '是否是第 1 步之前、未经训练的模型。' },
  split: { label: '划分', caption: '问的是数据集的哪一部分。' },
  questions: { label: '问题数', caption: '问了多少个问题。' },
  tries: { label: '尝试次数', caption: '每个问题尝试几次（多于一次时）。' },
  accuracy: {
    label: '评测准确率',
    short: '评测',
    caption: '在从不用于训练的问题上答对的比例，每次都是相同的问题。',
  },
  correctAnswers: { label: '答对', caption: '全部问题中答对的个数。' },
  avgReward: { label: '奖励', caption: '所有可评分回合的均值。' },
  medianReward: { label: '奖励中位数', caption: '同样这些回合的中位数。' },
  stdReward: { label: '奖励的离散度', caption: '同样这些回合的总体标准差。' },
  minReward: { label: '最低奖励', caption: '同样这些回合中的最低值。' },
  maxReward: { label: '最高奖励', caption: '同样这些回合中的最高值。' },
  avgTurnsCorrect: { label: '轮数', caption: '答对的回合平均用了几轮；没有答对的回合时为 `null`。' },
  metrics: { label: '指标', caption: '环境各项指标的均值，“真”计为 1。' },
  rewards: { label: '奖励的组成', caption: '每个部分在它适用的回合上的均值，尚未乘以权重。' },
  beatRate: {
    label: '不低于基线',
    caption: '奖励不低于基线的问题所占的比例；没有基线时为 `null`。',
  },
  seconds: { label: '用时', caption: '实际用时。' },
  isBest: {
    label: '最佳',
    caption: '准确率是否为迄今最高；相同时取较早的一次。基线不参与比较。',
  },
};
