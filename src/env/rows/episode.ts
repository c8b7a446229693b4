import type { ChatMessage, ParsedTurn, Turn } from '../../conversation/types';
import { type Episode, type Outcome, type Step, type StopCondition, type Task } from '../types';
import { STOP } from '../../conversation/stop';
import { findAnswer } from './answer';
import type { Judge } from './checks';
import type { AnswerForm } from './settings';

/** The policy gave an answer, right or wrong. */
export const ANSWERED = 'answered';

export interface EpisodeOptions {
  readonly task: Task;
  readonly form: AnswerForm;
  /** '' for none. */
  readonly instruction: string;
  /** Null when nobody knows the answer: the episode then has no verdict. */
  readonly judge: Judge | null;
}

/** One turn without tools: what it says is the answer. */
export class RowEpisode implements Episode {
  readonly messages: readonly ChatMessage[];
  readonly tools = [];
  readonly #options: EpisodeOptions;
  #turns: readonly Turn[] = [];
  #answer: string | null = null;
  /** An episode that never got its turn was cut from outside. */
  #stop: StopCondition = STOP.outOfContext;

  constructor(options: EpisodeOptions) {
    this.#options = options;
    this.messages = withInstruction(options.task.prompt, options.instruction);
  }

  step(turn: ParsedTurn): Step {
    this.#turns = [{ ...turn, results: [] }];
    this.#answer = findAnswer(turn.text, this.#options.form);
    this.#stop = this.#answer === null ? STOP.unparsable : ANSWERED;
    return { results: [], done: true };
  }

  truncate(reason: typeof STOP.outOfContext | typeof STOP.outOfTurns): void {
    this.#stop = reason;
  }

  outcome(): Outcome {
    const { judge } = this.#options;
    const isFound = this.#answer !== null;
    const isRight = judge === null ? null : this.#answer !== null && judge(this.#answer);
    return {
      turns: this.#turns,
      stopCondition: this.#stop,
      success: isRight,
      answer: this.#answer,
      metrics: { answerFound: Number(isFound) },
      rewards: { right: isRight === null ? null : Number(isRight), form: Number(isFound) },
    };
  }
}

function withInstruction(prompt: readonly ChatMessage[], instruction: string): readonly ChatMessage[] {
  if (instruction === '') return prompt;
  const [first, ...others] = prompt;
  return first?.role === 'system'
    ? [{ role: 'system', content: `${first.content}\n\n${instruction}` }, ...others]
    : [{ role: 'system', content: instruction }, ...prompt];
}
