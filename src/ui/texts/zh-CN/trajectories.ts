import type { PageTexts } from '../catalogue';
import { integer } from './format';

export const trajectories: PageTexts['trajectories'] = {
  empty:
    '还没有轨迹。运行期间，最近几步的每段对话都会显示在这里：模型检索了什么、读了什么、答了什么，逐个词元可看。',
  step: '步',
  stepLabel: '显示哪一步的轨迹',
  newest: (step) => `最新（${step ?? '–'}）`,
  openOne: '打开一条采样轨迹，查看它的词元。',
  rightAnswer: '正确答案：',
  rollouts: (n) => `${integer(n)} 条采样轨迹`,
  right: (n, all) => `${all} 条中答对 ${n} 条`,
  rewardOnly: '不要求回答，只看奖励',
  saidReward: '奖励',
  saidAdvantage: '，优势',
  rolloutOf: (rollout, question) => `“${question}”的第 ${rollout} 条采样轨迹`,
  tokensOf: (rollout) => `第 ${rollout} 条采样轨迹的词元`,
  quoted: (answer) => `“${answer}”`,
  facts: ({ reward, advantage, trained, tokens, share }) =>
    `奖励 ${reward} · 优势 ${advantage} · ${integer(tokens)} 个词元中训练 ${trained} 个（${share}）`,
  noMatch: '这一步没有符合筛选条件的采样轨迹。',
  filters: {
    title: '查找采样轨迹',
    words: '问题、对话或回答中的词',
    verdictLabel: '评判',
    verdict: { any: '对的和错的', right: '答对', wrong: '答错' },
    groupLabel: '组',
    group: { any: '训练的和舍弃的', kept: '参与训练', dropped: '已舍弃' },
    pushLabel: '优势',
    push: { any: '任意优势', up: '大于 0', down: '小于 0' },
    levelLabel: '问题的难度',
    anyLevel: '任意难度',
    level: (level) => `难度 ${level}`,
    toolErrors: '工具调用有误',
    clear: '清除',
    found: '找到：',
    inStep: (step, n) => `第 ${step} 步：${n} 条`,
  },
  colourBy: '着色依据',
  colouring: { mask: '掩码', advantage: '优势', logprob: '对数概率' },
};
