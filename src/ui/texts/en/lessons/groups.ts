/** Texts of the lesson about groups and advantages. */
export const lessonGroups = {
  steps: {
    idea: {
      title: 'Better than its siblings',
      text: 'The model tries each question several times. A try is not good or bad by itself but compared with the others of its group: advantage = (reward − mean of the group) ÷ standard deviation of the group.',
      ask: 'Four tries earn 2.0, −0.4, 2.0 and −0.7. What are their advantages, about?',
      options: ['+2.0, −0.4, +2.0, −0.7', '+1.0, −0.9, +1.0, −1.1', '+1, 0, +1, 0'],
    },
    own: {
      title: 'A group of your own',
      text: 'Run two small steps, then open a conversation in the marked list whose advantage is not 0.',
      press: 'Run two small steps',
    },
    alike: {
      title: 'All right, or all wrong',
      text: 'Sometimes all tries at a question are right, sometimes all are wrong.',
      ask: 'What does the model learn from a group in which every try is right?',
      options: ['To do it again', 'Nothing', 'To answer faster'],
    },
    size: {
      title: 'Smaller groups',
      text: 'Your run compared six tries at a question. With two, there is less to compare. The button runs two steps with twelve groups of two: as many conversations as before.',
      ask: 'The share of groups that teach something will be …',
      options: ['smaller', 'about the same', 'larger'],
      press: 'Run with groups of two',
    },
  },
  example:
    'Their mean is 0.73 and their standard deviation 1.28: (2.0 − 0.73) ÷ 1.28 = 1.0, and so on. The two good ones become more likely, the two bad ones less.',
  own: (of: {
    readonly rewards: readonly string[];
    readonly mean: string;
    readonly sd: string;
    readonly reward: string;
    readonly advantage: string;
  }) =>
    `The group you opened earned ${of.rewards.join(', ')}: mean ${of.mean}, standard deviation ${of.sd}. This try earned ${of.reward}, so its advantage is ${of.advantage}.`,
  dropped:
    'The rewards in this group are all alike. Nothing is better than anything else, so the group is dropped. Open another one to see a push.',
  kept: (of: {
    readonly kept: string;
    readonly all: string;
    readonly right: string;
    readonly wrong: string;
  }) =>
    `Of the ${of.all} groups of your run ${of.kept} taught something. ${of.right} were all right, ${of.wrong} all wrong.`,
  nothing:
    'Equal rewards have advantage 0, so nothing is pushed. As the model gets better, more groups are all right, and training has less and less to go on.',
  compared: (large: string, small: string) =>
    `With groups of six ${large} of the groups taught something, with groups of two ${small}.`,
};
