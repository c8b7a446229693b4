/** Whole episodes with the real agent on the data set's validation questions. */
import { createEpisode, episodeRules } from '../../src/env/mail/episode';
import { mailInfo } from '../../src/env/mail/info';
import { questionOf, taskOf } from '../../src/env/mail/tasks';
import { parseHermes } from '../../src/chat/parse/hermes';
import { scoreAnswer } from '../../src/env/mail/scorer';
import { createMailStore } from '../../src/env/mail/corpus/store';
import type { Dataset } from '../../src/env/mail/corpus/types';
import { evaluateBothWays } from '../../src/grpo/evaluate';
import type { ChatFormat } from '../../src/chat/types';
import type { TrainablePolicy } from '../../src/engine/types';
import { TASK } from './traces/play';

/** Any preset gives the same accuracy. */
const REWARD = 'default';
/** More than any call of a trace takes. */
const MAX_TURN_TOKENS = 64;

export interface EpisodeNumbers {
  readonly questions: number;
  /** Share answered correctly, sampling at temperature 1. */
  readonly sampledAccuracy: number;
  readonly greedyAccuracy: number;
}

export async function playEpisodes(
  policy: TrainablePolicy,
  chat: ChatFormat,
  dataset: Dataset,
  { count, seed, now }: { count: number; seed: number; now: () => number },
): Promise<EpisodeNumbers> {
  const store = await createMailStore(dataset.emails, { snippetTokens: TASK.snippetTokens });
  try {
    const { questions, sampledAccuracy, greedyAccuracy } = await evaluateBothWays(
      {
        policy,
        chat,
        parse: parseHermes,
        now,
        rewardWeights: mailInfo.rewardWeights[REWARD] ?? {},
        metrics: mailInfo.metrics,
        start: (task) =>
          createEpisode({
            ...episodeRules(REWARD),
            question: questionOf(task),
            store,
            maxTurns: TASK.maxTurns,
            score: scoreAnswer,
            promptStyle: TASK.promptStyle,
            maxResults: TASK.searchLimit,
          }),
      },
      {
        seed,
        maxTurns: TASK.maxTurns,
        maxTokens: MAX_TURN_TOKENS,
        maxSeqLength: policy.config.maxPositions,
        topK: 0,
        topP: 1,
        minP: 0,
        evalTries: 1,
        evalTemperature: 1,
      },
      dataset.questions.validation.slice(0, count).map(taskOf),
      { step: 0, split: 'validation' },
    );
    return { questions, sampledAccuracy, greedyAccuracy };
  } finally {
    store.close();
  }
}
