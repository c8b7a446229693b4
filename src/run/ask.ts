/**
 * One question to one policy, answered as in an evaluation: the same episode, limits and tokens, but by transformers.js's
 * `generate()`, turn by turn, and told while it goes on.
 */
import type { Episode } from '../env/mail/types';
import type { Turn } from '../conversation/types';
import type { Dataset, EmailId, MailStore, Question, Split } from '../env/mail/corpus/types';
import { SPLITS } from '../env/mail/corpus/dataset';
import type { FileMap } from '../engine/peft';
import { MemoryStore } from './stores/memory-store';
import { evaluationRollout } from '../grpo/evaluate';
import { rollOut, type RolloutDeps } from '../grpo/rollout';
import { TrainingError, type Trajectory } from '../grpo/types';
import { generateSampling } from '../engine/transformers/generate-sampling';
import type { GpuPolicy } from '../engine/gpu-policy';
import { createTransformersModel } from '../engine/transformers/transformers-model';
import { TOKEN_SOURCE } from '../tokens/types';
import type { Settings } from '../settings/settings';
import type { AskAnswer, AskEvent, AskMenu, AskRequest, AskSource } from '../../workers/api';
import { openRun, type RunPlatform } from './open-run';

/** What a conversation needs beside its question. */
export interface AskDeps extends Omit<RolloutDeps, 'policy'> {
  readonly policy: GpuPolicy;
  /** Content of the model's `config.json`. */
  readonly configJson: unknown;
  readonly mail: Pick<MailStore, 'read'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface AskOptions {
  /** 0: always the most likely token. */
  readonly temperature: number;
  /** Number of the try; above temperature 0 each draws another conversation. */
  readonly draw: number;
  /** Whether the question has a known answer to compare with. */
  readonly isScored: boolean;
  readonly onEvent: (event: AskEvent) => void;
  readonly signal?: AbortSignal;
}

export type AskSettings = Pick<
  Settings,
  'seed' | 'maxTurns' | 'maxTokens' | 'maxSeqLength' | 'topK' | 'topP' | 'minP'
>;

/**
 * Opens model, mail and GPU, asks, and frees them again.
 * @param adapter files of a PEFT folder; null for the bare model
 * @throws CorpusError, PolicyError, TrainingError, GpuError; SamplingStopped after the signal
 */
export async function ask(
  platform: RunPlatform,
  wanted: Settings,
  request: AskRequest,
  adapter: FileMap | null,
  onEvent: (event: AskEvent) => void,
  signal?: AbortSignal,
): Promise<AskAnswer> {
  checkRequest(request);
  const run = await openRun(
    platform,
    wanted,
    new MemoryStore(),
    (event) => {
      if (event.kind === 'progress') {
        const { done, total, note } = event;
        onEvent({ kind: 'loading', done, total, note });
      } else if (event.kind === 'warning') onEvent({ kind: 'warning', message: event.message });
    },
    // Its single sequence goes through generate(), whose few programs are soon there.
    { ready: 'nothing', ...(adapter === null ? {} : { adapter }) },
  );
  try {
    const { deps, dataset, policy, configJson, mail, settings } = run;
    const question = questionOf(dataset, request);
    policy.adapterEnabled = adapter !== null;
    return await askPolicy({ ...deps, policy, configJson, mail }, settings, question, {
      temperature: request.temperature,
      draw: request.draw,
      isScored: request.question.kind === 'dataset',
      onEvent,
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    run.dispose();
  }
}

/** The conversation itself, with whatever adapter the policy has in place. */
export async function askPolicy(
  deps: AskDeps,
  settings: AskSettings,
  question: Question,
  options: AskOptions,
): Promise<AskAnswer> {
  const { onEvent } = options;
  const model = createTransformersModel(deps.policy, deps.configJson as Readonly<Record<string, unknown>>);
  const begin = deps.now();
  try {
    const sampling = generateSampling(model);
    const [trajectory] = await rollOut(
      {
        ...deps,
        policy: {
          sample: (requests, sampleOptions) =>
            sampling.sample(requests, {
              ...sampleOptions,
              onTokens: (_, ids) => {
                for (const id of ids) onEvent({ kind: 'token', text: deps.chat.tokenText(id) });
              },
            }),
        },
        createEpisode: (asked) => told(deps.createEpisode(asked), deps.parse, onEvent),
      },
      [{ question, step: 0, group: 0, rollout: options.draw }],
      {
        ...evaluationRollout(settings, options.temperature),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
    );
    if (trajectory === undefined) throw new TrainingError('A conversation ended without a record.');
    return answerOf(trajectory, deps, options.isScored, (deps.now() - begin) / 1000);
  } finally {
    await model.dispose();
  }
}

/** The questions and inboxes that can be asked, those of the test split first. */
export function askMenu(dataset: Dataset): AskMenu {
  const order: readonly Split[] = [...SPLITS].reverse();
  const questions = order.flatMap((split) =>
    dataset.questions[split].map(({ id, question, answer, inbox, queryDate, family, level }) => ({
      id,
      question,
      gold: answer,
      inbox,
      queryDate,
      split,
      family,
      level,
    })),
  );
  const today = new Map<string, string>();
  for (const { inbox, queryDate } of questions) {
    if (queryDate > (today.get(inbox) ?? '')) today.set(inbox, queryDate);
  }
  return {
    title: dataset.manifest.title || dataset.manifest.name,
    emails: dataset.emails.length,
    questions,
    inboxes: [...today].map(([inbox, queryDate]) => ({ inbox, queryDate })),
  };
}

/** @throws TrainingError when the numbers of a request make no sense */
function checkRequest({ temperature, draw, question }: AskRequest): void {
  if (!Number.isFinite(temperature) || temperature < 0 || temperature > 10) {
    throw new TrainingError(
      `The temperature is ${temperature}; give a number from 0 (the most likely answer) to 10.`,
    );
  }
  if (!Number.isInteger(draw) || draw < 0 || draw > 65_535) {
    throw new TrainingError(`The number of the try is ${draw}; give an integer from 0 to 65535.`);
  }
  if (question.kind === 'dataset') return;
  if (question.text.trim() === '') throw new TrainingError('The question is empty. Write one, or pick one.');
  if (question.inbox.trim() === '') {
    throw new TrainingError('No inbox is chosen. Pick the address whose mail is to be searched.');
  }
  if (Number.isNaN(Date.parse(question.queryDate)) || !/^\d{4}-\d{2}-\d{2}$/.test(question.queryDate)) {
    throw new TrainingError(
      `“${question.queryDate}” is no date. Write the day of the question as YYYY-MM-DD.`,
    );
  }
}

function questionOf(dataset: Dataset, { question }: AskRequest): Question {
  if (question.kind === 'own') {
    return {
      id: 'own',
      question: question.text.trim(),
      answer: '',
      aliases: [],
      emailIds: [],
      inbox: question.inbox.trim(),
      queryDate: question.queryDate,
      family: '',
      level: 1,
    };
  }
  for (const split of SPLITS) {
    const found = dataset.questions[split].find(({ id }) => id === question.id);
    if (found !== undefined) return found;
  }
  throw new TrainingError(
    `Dataset ${dataset.manifest.name} has no question ${question.id}. Pick one of its questions, or ask in own words.`,
  );
}

/** The episode, with every turn told as soon as its tools have run. */
function told(episode: Episode, parse: AskDeps['parse'], onEvent: AskOptions['onEvent']): Episode {
  return {
    question: episode.question,
    messages: episode.messages,
    tools: episode.tools,
    get outcome() {
      return episode.outcome;
    },
    act: (text, budget) => {
      const action = episode.act(text, budget);
      if (action.kind === 'end') {
        const turn = episode.outcome.turns.at(-1);
        if (turn !== undefined) onEvent({ kind: 'turn', turn });
      } else {
        onEvent({ kind: 'turn', turn: turnSoFar(text, parse, action.messages) });
      }
      return action;
    },
    abort: (reason) => episode.abort(reason),
    addTokens: (input, output) => episode.addTokens(input, output),
  };
}

/** A running episode keeps its turns to itself; this one is made of what went in and came out. */
function turnSoFar(
  text: string,
  parse: AskDeps['parse'],
  messages: readonly { readonly content: string; readonly tool_call_id: string; readonly name: string }[],
): Turn {
  return {
    text,
    calls: parse(text).map((call, index) => ({
      id: messages[index]?.tool_call_id ?? '',
      name: call.name,
      arguments: call.arguments ?? {},
    })),
    results: messages.map((message) => ({
      callId: message.tool_call_id,
      name: message.name,
      content: message.content,
      isError: message.content.startsWith('{"error":'),
      emailIds: [],
      truncated: false,
    })),
  };
}

function answerOf(trajectory: Trajectory, deps: AskDeps, isScored: boolean, seconds: number): AskAnswer {
  const { outcome, ids, source } = trajectory;
  const { question } = outcome;
  const mask = Uint8Array.from(source, (from) => (from === TOKEN_SOURCE.sampled ? 1 : 0));
  return {
    answer: outcome.answer,
    gold: isScored ? question.answer : null,
    correct: isScored && outcome.endReason !== 'unscorable' ? outcome.rubric.answer_correct : null,
    reward: isScored ? trajectory.reward : null,
    endReason: outcome.endReason,
    turns: outcome.turns,
    sources: sourcesOf(outcome.turns, question, deps.mail),
    seconds,
    view: {
      questionId: question.id,
      question: question.question,
      goldAnswer: question.answer,
      answer: outcome.answer,
      group: 0,
      rollout: trajectory.rollout,
      reward: trajectory.reward,
      advantage: 0,
      correct: outcome.rubric.answer_correct,
      endReason: outcome.endReason,
      kept: true,
      turns: outcome.turns,
      tokens: ids.map((id) => deps.chat.tokenText(id)),
      source,
      lossMask: mask,
      tokenAdvantages: new Float32Array(ids.length),
      logprobs: trajectory.logprobs,
    },
  };
}

/** What the final answer names as its sources, looked up. */
function sourcesOf(turns: readonly Turn[], question: Question, mail: AskDeps['mail']): AskSource[] {
  const last = turns.at(-1)?.calls.find((call) => 'source_message_ids' in call.arguments);
  const named = last?.arguments['source_message_ids'];
  const ids = Array.isArray(named) ? named.filter((id): id is EmailId => typeof id === 'string') : [];
  return [...new Set(ids)].map((id) => {
    const email = mail.read(id);
    return {
      id,
      isReference: question.emailIds.includes(id),
      email:
        email === null
          ? null
          : { from: email.from, date: email.date, subject: email.subject, body: email.body },
    };
  });
}
