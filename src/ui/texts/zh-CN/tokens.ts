import type { PageTexts } from '../catalogue';
import { integer } from './format';

export const tokens: PageTexts['tokens'] = {
  prompt: '提示词',
  modelTurn: (turn) => `模型，第 ${turn} 轮`,
  toolResult: (turn) => `工具结果 ${turn}`,
  tokens: (n) => `${integer(n)} 个词元`,
  trained: (n, of) => (n === 0 ? '不训练' : n === of ? '全部训练' : `训练 ${n} 个`),
  verdict: {
    right: '正确',
    wrong: '错误',
    abstained: '放弃作答',
    'no answer': '没有回答',
    'not judged': '未评判',
  },
  said: (verdict) => `${verdict}：`,
  end: {
    answered: '给出了回答',
    unparsable: '没有写出可读取的工具调用',
    'bad-call': '工具调用有误',
    'out-of-turns': '轮数用完了',
    'out-of-context': '上下文用完了',
    unscorable: '无法评分',
  },
  role: {
    prompt: '提示词，不训练',
    trained: '模型写的，训练',
    untrained: '模型写的，不训练',
    tool: '工具结果，不训练',
    'tool-trained': '工具结果，训练',
  },
  fact: { mask: '掩码', advantage: '优势', logprob: '对数概率' },
  sample: 'abc',
  legend: {
    prompt: '提示词',
    muchLess: '今后远不如现在可能',
    less: '可能性降低',
    same: '不变',
    more: '可能性提高',
    muchMore: '可能性大大提高',
    notByModel: '不是模型写的',
    atLeast: (share) => `p ≥ ${share}`,
    below: (share) => `p < ${share}`,
  },
  keys: (label) => `${label}。用方向键在词元之间移动。`,
};
