import type { PageTexts } from '../catalogue';

export const mask: PageTexts['mask'] = {
  title: '掩码的作用',
  lead: '带工具的对话是一段长文本，但其中只有一部分是模型写的：它的检索和它的回答。其余内容来自邮箱。训练会改变每个被计入的词元出现的概率，所以哪些词元被计入很重要。',
  ofExample: '这是一个人工编写的例子。运行开始后，你在“轨迹”里打开的轨迹会显示在这里。',
  ofRun: (question) => `本次运行中关于“${question}”的轨迹。`,
  share: (counted, total, share) => `${total} 个词元中有 ${counted} 个参与训练（${share}）`,
  mode: {
    masked: {
      name: '加掩码',
      label: '加掩码模式下的词元',
      text: '只计入模型自己选择的内容。一个好回答会让它自己的检索和用词更有可能出现，仅此而已。',
    },
    rollout: {
      name: '不加掩码',
      label: '不加掩码模式下的词元',
      text: '提示词之后的一切都计入。答得好，模型还会被推着去预测它看到的邮件；答得不好，又会被推着认为这些邮件不太可能出现：而这些文字从来不是它选择的。',
    },
  },
};
