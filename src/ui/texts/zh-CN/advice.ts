import type { PageTexts } from '../catalogue';

export const advice: PageTexts['advice'] = {
  title: '没有找到显卡',
  offer:
    '现在由处理器代替显卡计算，会慢很多倍：按当前设置需要半小时到数小时。预设“快速”几分钟就能看到同样的现象；跑完第一步后，页面会告诉你大约需要几分钟。',
  measured: ({ step, minutes, quickMinutes }) =>
    `在这台设备上每步需要 ${step}，因此本次运行大约还要 ${minutes} 分钟。改用预设“快速”，总共约需 ${quickMinutes} 分钟。`,
  useQuick: '改用“快速”',
  stopForQuick: '停止，并选择“快速”',
  keep: '保留当前设置',
};
