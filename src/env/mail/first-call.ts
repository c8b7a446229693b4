/** The first turn of a question about mail, alone: what mode `simple` trains on. No tool runs, no answer is judged. */
import type { ChatMessage, ParsedTurn, ToolSchema, Turn } from '../../conversation/types';
import { type Episode, type Outcome, type Step } from '../types';
import { STOP } from '../../conversation/stop';
import { turnValues } from './advantage';
import type { Question } from './corpus/types';
import { formatReward } from './format-reward';
import { emptyRubric } from './rubric';
import type { RewardPreset } from './types';

export class FirstCallEpisode implements Episode {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
  readonly #question: Question;
  readonly #preset: RewardPreset;
  #turn: Turn | null = null;

  /**
   * @param preset decides the values of turns
   * @param whole the episode whose opening this is
   */
  constructor(question: Question, preset: RewardPreset, whole: Pick<Episode, 'messages' | 'tools'>) {
    this.#question = question;
    this.#preset = preset;
    this.messages = whole.messages;
    this.tools = whole.tools;
  }

  step(turn: ParsedTurn): Step {
    this.#turn = { ...turn, results: [] };
    return { results: [], done: true };
  }

  truncate(): void {
    // Nothing is kept of a turn that never came.
  }

  outcome(): Outcome {
    const calls = this.#turn?.calls ?? [];
    const unparsable = calls.length === 0;
    const endReason = unparsable ? STOP.unparsable : STOP.outOfTurns;
    const turns = this.#turn === null ? [] : [this.#turn];
    const rubric = { ...emptyRubric(), num_turns: 1, cant_parse_tool_call: unparsable };
    return {
      turns,
      stopCondition: endReason,
      success: null,
      answer: null,
      metrics: Object.fromEntries(Object.entries(rubric).map(([name, value]) => [name, Number(value)])),
      rewards: { format: formatReward(this.#question.question, calls) },
      turnValues: turnValues(
        { question: this.#question, turns, endReason, answer: null, rubric },
        this.#preset,
      ),
    };
  }
}
