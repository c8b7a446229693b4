import type { PageTexts } from '../../catalogue';

export const lessonHoles: PageTexts['lessonHoles'] = {
  steps: {
    predict: {
      title: '你付钱，模型交货',
      text: '一个很小的新任务：“Ada writes the digit 7. Which digit?”（Ada 写下数字 7，是哪个数字？）正确答案就是这个数字，不写别的。写奖励的人有点匆忙：奖励只数这个数字在回答中出现了几次。模型先看几个好例子，然后用这个奖励训练。',
      ask: '最后它会写什么？',
      options: ['只写这个数字', '一遍又一遍地写这个数字', '随便写些数字'],
      press: '用这个奖励训练',
    },
    look: {
      title: '看看它写了什么',
      text: '奖励曲线在上升，而训练看到的只有这个。在标出的列表中打开最后一步的一段对话。',
      press: '显示对话',
    },
    leash: {
      title: '拴上绳子有用吗？',
      text: 'KL 会把模型拉回起点。这个按钮用同样的奖励再训练一次，但 beta 提高到一百倍。',
      ask: '最后有多少回答是对的？',
      options: ['和刚才一样少', '和起点差不多', '全部'],
      press: '拴短绳训练',
    },
    fix: {
      title: '堵上漏洞',
      text: '现在奖励说的就是本来的意思：只写这个数字得 1，否则得 0。其他都和第一次运行相同。',
      ask: '最后哪次运行答对的更多？',
      options: ['堵上漏洞的', '数次数的', '两者一样'],
      press: '堵上漏洞再训练',
    },
    real: {
      title: '漏洞不是找来的，是撞上的',
      text: '模型没有作弊：它做的正是奖励要的。大模型也会这样。这个页面的邮件任务就有过这样的漏洞：它所依据的原系统，奖励会惩罚“I don’t know”，即使这才是正确的回答。用那个奖励训练，没有答案的问题模型只答对 31%；用我们的奖励，全部答对。有帮助的是：一个奖励看不到的检验，阅读对话，以及当奖励上升得比你能解释的更快时，多看一眼。',
    },
  },
  gamed: ({ reward, rewardAfter, right, rightAfter }) =>
    `平均奖励从 ${reward} 变为 ${rewardAfter}。新问题答对的比例从 ${right} 变为 ${rightAfter}。`,
  notGamed: '这次运行中，模型没有发现漏洞：它从没试过把数字写两遍。换一个随机种子再训练一次。',
  wrote: (answer, gold, reward) => `正确答案是“${gold}”，它写的是“${answer}”，得到奖励 ${reward}。`,
  leash: ({ without, withLeash, start }) =>
    `答对的比例：训练前 ${start}，没有绳子 ${without}，拴上绳子 ${withLeash}。绳子能留住原有的本领，却不知道什么是对的。`,
  fixed: ({ hole, fixed }) => `最后答对的比例：数次数时 ${hole}，只奖励单独的数字时 ${fixed}。`,
};
