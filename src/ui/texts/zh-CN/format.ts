/** Numbers and times in Chinese. */
import { formatsOf, type FormatWords } from '../../../report/format';

export const format: FormatWords = {
  locale: 'zh-CN',
  percent: (number) => `${number}%`,
  seconds: (seconds) => `${seconds} 秒`,
  minutes: (minutes, seconds) => `${minutes} 分 ${seconds} 秒`,
  hours: (hours, minutes) => `${hours} 小时 ${minutes} 分`,
  left: {
    unknown: '正在估计剩余时间',
    fewSeconds: '还剩几秒',
    seconds: (seconds) => `约剩 ${seconds} 秒`,
    minutes: (minutes) => `约剩 ${minutes} 分钟`,
    longer: (duration) => `约剩 ${duration}`,
  },
  emptyToken: '（空）',
};

const { integer, list } = formatsOf(format);
export { integer, list };
