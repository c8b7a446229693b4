import type { PageTexts } from '../catalogue';
import { integer } from './format';

export const conclusion: PageTexts['conclusion'] = {
  title: '结论',
  ahead: ({ ahead, behind, points, low, high, seeds }) =>
    `“${ahead}”的准确率比“${behind}”高 ${points} 个百分点（95% 置信区间：${low} 到 ${high}；${integer(seeds)} 个随机种子）。`,
  cannotTell: ({ ahead, behind, points, low, high, seeds }) =>
    `从这些运行看不出“${ahead}”和“${behind}”哪个更好：两者相差 ${points} 个百分点，而 ${low} 到 ${high} 之间都有可能（95% 置信区间；${integer(seeds)} 个随机种子）。`,
  side: ({ name, start, end }) =>
    start === null
      ? `${name}：最近一次评测答对 ${end}。`
      : `${name}：训练前答对 ${start}，最近一次评测答对 ${end}。`,
  sign: {
    'entropy-rose': (from, to) => `熵从 ${from} 升到 ${to} 奈特：它对自己写的词越来越没有把握。`,
    'entropy-fell': (from, to) => `熵从 ${from} 降到 ${to} 奈特：它对自己写的词越来越有把握。`,
    'without-call-rose': (from, to) => `没有可读取的工具调用的轮次从 ${from} 变为 ${to}：它写起了别的东西。`,
    'moved-far': (kl) => `它已经偏离起点很远（KL 散度 ${kl} 奈特/词元）。`,
  },
  cannotSay: '这些数字说明不了的是：',
  limit: {
    'one-seed': '只有一个随机种子，换一个种子是否还是这样，并不知道。',
    'few-questions': (questions, margin) =>
      `只有 ${integer(questions)} 个问题，单个准确率的误差约为 ±${margin} 个百分点。`,
    'unequal-steps': (names, steps) =>
      `两者训练的步数不同（${names[0]}到第 ${integer(steps[0])} 步，${names[1]}到第 ${integer(steps[1])} 步）。`,
    'seeds-disagree': (names, ahead, behind) =>
      `各随机种子的结果不一致：${names[0]}在 ${ahead} 个种子上更好，${names[1]}在 ${behind} 个种子上更好。`,
  },
};
