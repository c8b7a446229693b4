import type { PageTexts } from '../catalogue';

export const recorded: PageTexts['recorded'] = {
  title: '录制的运行',
  lead: '用本页自己的训练做成，原样展示：曲线、对话和每一步的作用。不做任何计算，所以不需要显卡。',
  name: {
    masked: '加掩码',
    rollout: '不加掩码',
    'warm-start': '热启动之后加掩码',
  },
  named: (name) => `录制：${name}`,
  about: (day, machine, size) => `录制于 ${day}，${machine}；需下载 ${size}`,
  compare: '三个一起对比',
  tag: '录制',
  note: (day, machine) => `这是录制的运行，做于 ${day}：${machine}。`,
};
