/** Episodes whose turns say what they like: tools answer what they answered to the expert, at its real length. */
import type { ToolResult } from '../../src/conversation/types';
import type { Episode, Task } from '../../src/env/types';
import { resultBudget, type RolloutOptions } from '../../src/grpo/rollout';
import { Random } from '../../src/random/philox';
import type { OpenedRun } from '../../src/run/open-run';

export interface RecordedEpisode {
  readonly task: Task;
  readonly opening: Pick<Episode, 'messages' | 'tools'>;
  /** Of every turn but the last. */
  readonly results: readonly (readonly ToolResult[])[];
}

/** Plays the expert on the first `count` training tasks that it knows and that take `maxTurns` turns. @throws Error where there are fewer */
export async function recordExperts(
  { deps, environment }: Pick<OpenedRun, 'deps' | 'environment'>,
  count: number,
  { maxTurns, maxTokens, maxSeqLength }: RolloutOptions,
): Promise<RecordedEpisode[]> {
  const episodes: RecordedEpisode[] = [];
  for (const task of deps.tasks.train) {
    if (episodes.length === count) return episodes;
    const expert = environment.expert?.(task) ?? null;
    if (expert === null || expert.length < maxTurns) continue;
    const episode = environment.start(task, new Random(1, 'bench-expert'));
    const { messages, tools } = episode;
    const prompt = deps.chat.prompt(messages, tools);
    const perToken = deps.chat.decode(prompt).length / prompt.length;
    let length = prompt.length;
    const results: (readonly ToolResult[])[] = [];
    for (const [turn, message] of expert.slice(0, maxTurns - 1).entries()) {
      length += maxTokens;
      const calls = (message.tool_calls ?? []).map(({ function: call }, i) => ({
        ...{ id: `call_${turn}_${i}`, name: call.name, arguments: call.arguments },
      }));
      const budget = resultBudget(maxSeqLength - length, maxTurns - turn - 1, maxTokens, perToken);
      const step = await episode.step({ text: message.content, calls }, budget);
      results.push(step.results);
      length += deps.chat.encode(step.results.map(({ content }) => content).join('')).length;
    }
    episodes.push({ task, opening: { messages, tools }, results });
  }
  throw new Error(`Only ${episodes.length} of ${count} tasks have an expert of ${maxTurns} turns.`);
}

/** Begins episodes that answer as recorded, turn by turn, whatever is said. */
export function replay(recorded: readonly RecordedEpisode[]): (task: Task) => Episode {
  const byId = new Map(recorded.map((episode) => [episode.task.id, episode]));
  return ({ id }) => {
    const { opening, results } = byId.get(id) as RecordedEpisode;
    const turns: { text: string; calls: []; results: readonly ToolResult[] }[] = [];
    return {
      ...opening,
      step: ({ text }) => {
        const ofTurn = results[turns.length];
        turns.push({ text, calls: [], results: ofTurn ?? [] });
        return { results: ofTurn ?? [], done: ofTurn === undefined };
      },
      truncate: () => undefined,
      outcome: () => ({
        ...{ turns, stopCondition: 'answered', success: null, answer: null },
        ...{ metrics: {}, rewards: { none: 0 } },
      }),
    };
  };
}
