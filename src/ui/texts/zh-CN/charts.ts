import type { PageTexts } from '../catalogue';

export const charts: PageTexts['charts'] = {
  step: '步',
  unit: {
    none: '',
    share: '',
    count: '',
    whole: '',
    tokens: '词元',
    seconds: '秒',
    nats: '奈特/词元',
    reward: '奖励',
    bytes: '',
    'tokens per second': '词元/秒',
  },
  at: (axis, position) => `（${axis} ${position}）`,
  empty: '还没有数据',
  saveChart: (title) => `保存图表“${title}”`,
  saveAs: (title, ending) => `把“${title}”存为 ${ending}`,
  described: (title, curves) => `${title}。${curves.join('；')}`,
  noValues: (label) => `${label}：没有数据`,
  values: ({ label, n, low, high, last }) => `${label}：${n} 个值，从 ${low} 到 ${high}，最新 ${last}`,
};
