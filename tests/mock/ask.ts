/** Invented answers for the stand-in trainer: the bare model gets half of its questions wrong, an adapter none. */
import type { MailSourceOfAnswer } from '../../src/env/mail/evidence';
import { answerMarks } from '../../src/env/mail/own/marks';
import type { MailMenu } from '../../src/env/mail/tasks';
import type { JsonObject, Turn } from '../../src/conversation/types';
import { TrainingError } from '../../src/errors/training';
import { Random } from '../../src/random/philox';
import type { AskAnswer, AskEvent, AskMenu, AskRequest } from '../../workers/api';
import type { ShownMail } from '../../src/env/mail/own/types';
import { pieces, viewOf, type Segment } from '../../src/ui/example';
import { MOCK_QUESTIONS } from './episodes';

const INBOX = 'maya@fernhill.example';
const TODAY = '2024-05-20';

export function mockMenu(): AskMenu {
  return {
    title: 'Stand-in mail (invented)',
    tasks: MOCK_QUESTIONS.map(({ question, answer }, i) => ({
      id: `mock-${i}`,
      question,
      gold: answer,
      split: i < 4 ? 'test' : 'train',
      level: 1,
      info: { inbox: INBOX, queryDate: TODAY, family: 'single' },
    })),
    takesOwn: true,
    own: {
      emails: 64,
      inboxes: [
        { inbox: INBOX, queryDate: TODAY },
        { inbox: 'jonas@fernhill.example', queryDate: '2024-05-18' },
      ],
    } satisfies MailMenu as unknown as JsonObject,
  };
}

/** @param wait answers after a token's time; throws when the asking was stopped */
export async function mockAsk(
  request: AskRequest,
  trained: boolean,
  onEvent: (event: AskEvent) => void,
  wait: () => Promise<void>,
): Promise<AskAnswer> {
  onEvent({ kind: 'loading', done: 0, total: 0, note: 'stand-in model' });
  await wait();
  const { task: asked } = request;
  const index = asked.kind === 'dataset' ? Number(asked.id.slice('mock-'.length)) : 0;
  const known = MOCK_QUESTIONS[index];
  if (known === undefined || (asked.kind === 'dataset' && !asked.id.startsWith('mock-'))) {
    throw new TrainingError('The stand-in has no such task. Pick one of its tasks, or ask in own words.');
  }
  const right = trained || index % 2 === 1;
  const text = right ? known.answer : known.wrong;
  const [subject = '', ...body] = known.mail.replace(/^Subject: /, '').split('. ');
  const id = `m${17 + index}`;
  const turns: Turn[] = [
    turn('search_emails', { keywords: known.keyword.split(' ') }, [
      { message_id: id, snippet: `<b>${known.keyword.split(' ')[0] ?? ''}</b> ${subject}` },
      { message_id: 'm08', snippet: 'Re: lunch <on> Friday' },
    ]),
    turn(
      'read_email',
      { message_id: id },
      {
        message_id: id,
        from: 'jonas@fernhill.example',
        to: [INBOX],
        date: '2024-05-14',
        subject,
        body: body.join('. '),
      },
    ),
    turn('return_final_answer', { answer: text, source_message_ids: [id] }, {}),
  ];
  const segments: Segment[] = [
    {
      from: 'prompt',
      text: `<|system|>Inbox ${INBOX}. Today ${TODAY}.<|end|><|user|>${asked.kind === 'own' ? String(asked.input['text']) : known.question}<|end|><|assistant|>`,
    },
  ];
  for (const one of turns) {
    for (const piece of pieces(one.text)) {
      await wait();
      onEvent({ kind: 'token', text: piece });
    }
    onEvent({ kind: 'turn', turn: one });
    segments.push({ from: 'sampled', text: `${one.text}<|end|>` });
    if (one.results[0]?.name !== 'return_final_answer') {
      segments.push({ from: 'tool', text: `<|tool|>${one.results[0]?.content ?? ''}<|end|><|assistant|>` });
    }
  }
  const shown: Omit<ShownMail, 'marks'> = {
    id,
    from: 'jonas@fernhill.example',
    to: [INBOX],
    date: '2024-05-14',
    subject,
    body: body.join('. '),
  };
  const source: MailSourceOfAnswer = {
    id,
    isReference: asked.kind === 'dataset',
    email: { ...shown, marks: answerMarks(shown, [text]) },
  };
  const random = new Random(index, 'mock-ask');
  const isScored = asked.kind === 'dataset';
  const view = viewOf(
    segments,
    {
      questionId: isScored ? asked.id : 'own',
      question: isScored ? known.question : String(asked.input['text']),
      goldAnswer: isScored ? known.answer : null,
      answer: text,
      group: 0,
      rollout: 0,
      reward: right ? 1.8 : -0.5,
      advantage: 0,
      correct: isScored ? right : null,
      endReason: 'answered',
      kept: true,
    },
    (from) => from === 'sampled',
    () => Math.log(0.2 + 0.8 * random.uniform()),
  );
  return {
    answer: text,
    gold: isScored ? known.answer : null,
    correct: isScored ? right : null,
    reward: isScored ? view.reward : null,
    endReason: 'answered',
    turns,
    explained: { sources: [source] },
    seconds: 1.6,
    view,
  };
}

function turn(name: string, given: Record<string, unknown>, result: unknown): Turn {
  return {
    text: `<tool_call>${JSON.stringify({ name, arguments: given })}</tool_call>`,
    calls: [{ id: 'call', name, arguments: given }],
    results: [
      {
        callId: 'call',
        name,
        content: JSON.stringify(result),
        isError: false,
        truncated: false,
      },
    ],
  };
}
