import type { PageTexts } from '../catalogue';

export const look: PageTexts['look'] = {
  theme: '主题',
  themes: { system: '跟随系统', light: '浅色', dark: '深色', contrast: '高对比度' },
  present: '演示',
  presentNote: '大字号，三张图表，适合课堂。按 P 键切换，按 Esc 退出。',
  leave: '退出演示',
  charts: '图表的画法',
  smoothing: '平滑',
  smoothingOf: (steps) => (steps === 1 ? '不平滑' : `${steps} 步均值`),
  scale: '坐标',
  linear: '线性',
  log: '对数（所有值都为正时）',
  zoomNote: '在图表上拖动可以放大其中一段。',
  whole: '显示全程',
  smoothed: (steps) => `图中画的是 ${steps} 步均值。`,
};
