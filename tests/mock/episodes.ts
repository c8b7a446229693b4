/** Invented conversations for the stand-in trainer; no model is behind them. */
import type { TrajectoryView } from '../../src/grpo/types';
import type { Mode } from '../../src/settings/choices';
import { Random } from '../../src/random/philox';
import { viewOf, type Segment } from '../../src/ui/example';

export interface MockQuestion {
  readonly question: string;
  readonly answer: string;
  readonly wrong: string;
  readonly keyword: string;
  readonly mail: string;
}

export const MOCK_QUESTIONS: readonly MockQuestion[] = [
  {
    question: 'What is the new budget of Project Alder?',
    answer: '48,200',
    wrong: '45,900',
    keyword: 'Alder budget',
    mail: 'Subject: Alder budget, corrected. The figure in my last mail was wrong. Please use 48,200 from now on, not 45,900.',
  },
  {
    question: 'When does Ines Varga arrive in Porto?',
    answer: '14 June',
    wrong: '12 June',
    keyword: 'Varga Porto',
    mail: 'Subject: Travel, Varga. Ines lands in Porto on 14 June, two days later than planned. Hotel as before.',
  },
  {
    question: 'Who looks after the Fernhill contract now?',
    answer: 'Jonas Thiel',
    wrong: 'Ines Varga',
    keyword: 'Fernhill contract',
    mail: 'Subject: Fernhill contract. From Monday Jonas Thiel takes over the Fernhill contract. Questions go to him.',
  },
  {
    question: 'What is the door code of the Lisbon office?',
    answer: 'KX-7719',
    wrong: 'KX-7791',
    keyword: 'Lisbon door code',
    mail: 'Subject: Door code. The code of the Lisbon office is KX-7719 since yesterday. Do not write it down.',
  },
  {
    question: 'How many chairs did Marsh & Cole order?',
    answer: '36',
    wrong: '63',
    keyword: 'Marsh Cole chairs',
    mail: 'Subject: Order 5521. Marsh & Cole have ordered 36 chairs and 6 tables, to be delivered to the side entrance.',
  },
  {
    question: 'What did Ruth name as the reason for the delay of Project Beech?',
    answer: "I don't know",
    wrong: 'the weather',
    keyword: 'Ruth Beech delay',
    mail: 'Subject: Beech. Ruth will tell us next week why it is late.',
  },
];

/** Share of right answers that the invented policy reaches after `step` of `maxSteps`. */
export function mockSkill(mode: Mode, step: number, maxSteps: number): number {
  const done = step / Math.max(1, maxSteps);
  const [start, top] = mode === 'masked' ? [0.28, 0.94] : mode === 'rollout' ? [0.28, 0.7] : [0.28, 0.36];
  return start + ((top - start) * (1 - Math.exp(-4 * done))) / (1 - Math.exp(-4));
}

/** The rollouts of one step: `groups` questions with `size` tries each. */
export function mockTrajectories(
  seed: number,
  step: number,
  mode: Mode,
  skill: number,
  groups: number,
  size: number,
): TrajectoryView[] {
  const items: TrajectoryView[] = [];
  for (let group = 0; group < groups; group++) {
    const random = new Random(seed, 'mock-episodes', step, group);
    const question = MOCK_QUESTIONS[random.uint32() % MOCK_QUESTIONS.length] ?? MOCK_QUESTIONS[0];
    if (question === undefined) continue;
    const tries = Array.from({ length: size }, () => ({
      right: random.uniform() < skill,
      kind: random.uniform(),
      noise: random.uniform(),
    }));
    const rewards = tries.map((t) =>
      t.right ? 1.5 + 0.4 * t.noise : t.kind < 0.2 ? -0.6 : -0.8 + 0.6 * t.noise,
    );
    const mean = rewards.reduce((a, b) => a + b, 0) / size;
    const std = Math.sqrt(rewards.reduce((a, b) => a + (b - mean) ** 2, 0) / size);
    const kept = std > 0.2;
    tries.forEach((t, rollout) => {
      const reward = rewards[rollout] ?? 0;
      const end = t.right || t.kind > 0.35 ? 'answered' : t.kind > 0.15 ? 'out-of-turns' : 'unparsable';
      const answer =
        end !== 'answered'
          ? null
          : t.right
            ? question.answer
            : t.kind > 0.75
              ? "I don't know"
              : question.wrong;
      items.push(
        viewOf(
          segments(question, answer, end, rollout),
          {
            questionId: `mock-${group}`,
            question: question.question,
            goldAnswer: question.answer,
            answer: mode === 'simple' ? null : answer,
            group,
            rollout,
            reward,
            advantage: kept ? (reward - mean) / (std + 1e-4) : 0,
            // In mode simple nothing is answered and nothing judged.
            correct: mode === 'simple' ? null : t.right,
            endReason: end,
            kept,
          },
          (from) => kept && (from === 'sampled' || (mode === 'rollout' && from === 'tool')),
          () => Math.log(0.02 + 0.98 * Math.min(1, 0.3 + skill * 0.4 + random.uniform() * 0.7)),
        ),
      );
    });
  }
  return items;
}

function segments(q: MockQuestion, answer: string | null, end: string, rollout: number): Segment[] {
  const list: Segment[] = [
    {
      from: 'prompt',
      text: `<|system|>You answer questions about the mailbox of maya@fernhill.example. Today is 2024-05-20. You have 4 turns. Tools: search_emails, read_email, return_final_answer.<|end|>\n<|user|>${q.question}<|end|>\n<|assistant|>`,
    },
  ];
  if (end === 'unparsable')
    return [...list, { from: 'sampled', text: `I think it is ${q.wrong}, let me look.<|end|>` }];
  const words = q.keyword.split(' ');
  const keywords = rollout % 2 === 0 ? words : words.slice(0, 1);
  list.push(
    {
      from: 'sampled',
      text: `{"name":"search_emails","arguments":{"keywords":${JSON.stringify(keywords)}}}<|end|>`,
    },
    {
      from: 'tool',
      text: `\n<|tool|>[{"id":"m${17 + rollout}","snippet":"${q.mail.slice(9, 40)}"},{"id":"m08","snippet":"Re: lunch"}]<|end|>\n<|assistant|>`,
    },
    { from: 'sampled', text: `{"name":"read_email","arguments":{"id":"m${17 + rollout}"}}<|end|>` },
    {
      from: 'tool',
      text: `\n<|tool|>From: jonas@fernhill.example\nDate: 2024-05-14\n${q.mail}<|end|>\n<|assistant|>`,
    },
  );
  if (end === 'out-of-turns') {
    list.push(
      { from: 'sampled', text: `{"name":"search_emails","arguments":{"keywords":["the"]}}<|end|>` },
      { from: 'tool', text: `\n<|tool|>[]<|end|>\n<|assistant|>` },
      { from: 'sampled', text: `{"name":"search_emails","arguments":{"keywords":["the"]}}<|end|>` },
    );
    return list;
  }
  const sources = JSON.stringify([`m${17 + rollout}`]);
  list.push({
    from: 'sampled',
    text: `{"name":"return_final_answer","arguments":{"answer":${JSON.stringify(answer ?? '')},"sources":${sources}}}<|end|>`,
  });
  return list;
}
