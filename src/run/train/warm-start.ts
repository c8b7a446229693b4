/** The supervised steps before GRPO: on expert episodes of the environment, on a file of conversations, or on both. */
import { turnWriter } from '../../chat/write';
import type { ToolCallForm } from '../../chat/parse/registry';
import { readConversations } from '../../conversation/read';
import type { OpenedEnvironment, Task } from '../../env/types';
import { demonstrationsOf, playExperts, type Demonstration } from '../../grpo/demonstrations';
import { evaluationRollout } from '../../grpo/evaluate';
import type { RolloutDeps } from '../../grpo/rollout';
import { supervisedUpdate } from '../../grpo/supervised-step';
import { type WarmStartMetrics } from '../../grpo/types';
import { TrainingError } from '../../errors/training';
import type { TrainablePolicy } from '../../engine/types';
import { Random } from '../../random/philox';
import type { Settings } from '../../settings/settings';

/** What a warm start needs beside what rollouts need. */
export interface WarmStartDeps extends Omit<RolloutDeps, 'policy'> {
  readonly expert?: OpenedEnvironment['expert'];
  /** The form in which the model writes tool calls. */
  readonly form: ToolCallForm;
  /** Content of the file that `warmStartFile` names. */
  readonly readText: (path: string) => Promise<string>;
}

/** The setting `warmStartFile` where there is none. */
export const NO_FILE = 'none';

export function wantsWarmStart(settings: Settings): boolean {
  return settings.warmStartEpisodes > 0 || settings.warmStartFile !== NO_FILE;
}

/** Supervised steps are numbered up to 0: step 0 is the policy as GRPO starts with it, step −n has n of them before it. */
export class WarmStart {
  readonly #demonstrations: readonly Demonstration[];
  readonly #settings: Settings;

  /**
   * Gathers what is to be learned; the same settings, tasks and file give the same.
   * @param notes told about what was left out
   * @throws TrainingError where nothing is left to learn from; ConversationError for a file that cannot be read
   */
  static async open(
    deps: WarmStartDeps,
    settings: Settings,
    tasks: readonly Task[],
    notes: (text: string) => void,
  ): Promise<WarmStart> {
    const write = turnWriter(deps.chat, deps.parse, deps.form);
    const demonstrations: Demonstration[] = [];
    if (settings.warmStartEpisodes > 0) {
      if (deps.expert === undefined) {
        throw TrainingError.of('training/no-expert', {
          environment: settings.environment,
          episodes: settings.warmStartEpisodes,
        });
      }
      const chosen = new Random(settings.seed, 'warm-start-tasks').shuffle(tasks);
      const options = evaluationRollout(settings, 0);
      const played = await playExperts(
        deps,
        chosen.slice(0, settings.warmStartEpisodes),
        (task) => deps.expert?.(task) ?? null,
        write,
        options,
      );
      demonstrations.push(...played.demonstrations);
      const [first] = played.failed;
      if (first !== undefined) {
        notes(
          `${played.failed.length} expert episodes are left out of the warm start; the first, of task ${first.id}: ${first.reason}.`,
        );
      }
    }
    if (settings.warmStartFile !== NO_FILE) {
      const file = settings.warmStartFile;
      const { conversations } = readConversations(await deps.readText(file), { file });
      const fitting = conversations.flatMap((one) =>
        demonstrationsOf(one, deps.chat, write, settings.maxSeqLength),
      );
      if (fitting.length === 0) {
        throw TrainingError.of('training/no-conversation-fits', {
          file,
          maxSeqLength: settings.maxSeqLength,
        });
      }
      demonstrations.push(...fitting);
    }
    if (demonstrations.length === 0) {
      throw TrainingError.of('training/nothing-to-learn');
    }
    return new WarmStart(demonstrations, settings);
  }

  private constructor(demonstrations: readonly Demonstration[], settings: Settings) {
    this.#demonstrations = demonstrations;
    this.#settings = settings;
  }

  get sequences(): number {
    return this.#demonstrations.length;
  }

  /** Number of supervised steps. */
  get steps(): number {
    return this.#settings.warmStartEpochs * this.#perEpoch;
  }

  get #perEpoch(): number {
    return Math.ceil(this.#demonstrations.length / this.#settings.warmStartBatchSize);
  }

  /** @param step number after it, −(steps − 1) to 0 */
  async step(policy: TrainablePolicy, step: number, now: () => number): Promise<WarmStartMetrics> {
    const begin = now();
    const { warmStartBatchSize: size, seed } = this.#settings;
    const index = this.steps - 1 + step;
    const order = new Random(seed, 'warm-start', Math.floor(index / this.#perEpoch)).shuffle(
      this.#demonstrations,
    );
    const at = (index % this.#perEpoch) * size;
    const learningRate = this.#learningRateAt(index);
    const update = await supervisedUpdate(policy, order.slice(at, at + size), this.#settings, learningRate);
    return { step, ...update, learningRate, seconds: (now() - begin) / 1000 };
  }

  /** Falls in a straight line to a tenth, so that the last steps settle what the first ones found. */
  #learningRateAt(index: number): number {
    const progress = this.steps > 1 ? index / (this.steps - 1) : 0;
    return this.#settings.warmStartLearningRate * (1 - 0.9 * progress);
  }
}
