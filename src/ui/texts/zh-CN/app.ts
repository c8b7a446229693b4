import type { PageTexts } from '../catalogue';

export const app: PageTexts['app'] = {
  language: '语言',
  page: {
    title: 'MailGym：在浏览器里训练邮件智能体',
    description:
      '就在这个浏览器标签页里，用你自己的 GPU 训练一个小型语言模型智能体，让它学会检索邮箱。数据不会离开浏览器。',
    skip: '跳到页面内容',
    lead: '按下“开始训练”，一个小型语言模型就会在你自己的 GPU 上学习使用工具：检索邮箱，或者完成你自己的任务。',
    local: '数据不会离开这个浏览器。',
    foot: '在 WebGPU 上运行、按词元加掩码的 GRPO。模型、邮件和适配器都留在这个浏览器里；运行记录保存在浏览器的存储中，直到你把它删除。',
  },
  sentences: (sentences) => sentences.join(''),
  facts: (facts) => facts.join('，'),
  views: '视图',
  view: {
    curves: '训练',
    trajectories: '轨迹',
    mask: '要不要掩码？',
    runs: '运行',
    compare: '对比',
    ask: '提问',
    mail: '我的邮件',
    files: '适配器与存储',
    log: '日志',
  },
  setup: '设置面板',
  hideWarning: '隐藏这条警告',
  close: '关闭',
  log: {
    label: '运行日志',
    empty: '运行的日志会显示在这里。',
    copy: '复制日志',
  },
  link: {
    title: '链接中有一部分无法识别。',
    environment: (why, used) => `${why}改用 ${used}。`,
    preset: (name) => `链接指定了预设“${name}”，但没有这个预设；改用默认预设。`,
    setting: (name) => `链接设置了“${name}”，但没有这个设置项；已忽略。`,
    remedy: '链接的其余部分都已生效。训练前请检查一遍设置。',
  },
};
