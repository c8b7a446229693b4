/** How the cost of an update grows with rollouts and with length, and how far that is from the work there is to do. */
import { GpuPolicy } from '../../../src/engine/gpu-policy';
import { initWeights } from '../../../src/engine/weights/weights';
import { presetSettings } from '../../../src/env/settings';
import { MODELS } from '../archs';
import { passStep, type TrainedTokens } from '../grpo';
import { interleave, plainRow } from '../measure';
import type { Session } from '../session';
import { costsOf, fitTerms, median } from '../statistics';
import { ADAPTER } from '../steps';
import { syntheticGroups, syntheticSequence } from '../synthetic';
import { number } from '../table';
import type { Series } from '../types';

const ROUNDS = 3;
const GROUP = 8;
const ROLLOUTS = [8, 16, 24, 32, 48, 64] as const;
const LENGTHS = [256, 512, 1024, 2048, 3072, 4096] as const;
const CONFIG = MODELS.default;

interface Sweep {
  readonly id: string;
  readonly what: string;
  readonly batches: readonly (readonly TrainedTokens[])[];
  /** Whether attention grows otherwise than the tokens do: else its share cannot be told from theirs. */
  readonly withPairs: boolean;
}

export async function growthRows(session: Session): Promise<void> {
  const { vocabSize } = CONFIG;
  const sweeps: readonly Sweep[] = [
    {
      id: 'growth/default/rollouts',
      what: `GRPO update, ${ROLLOUTS[0]} to ${ROLLOUTS.at(-1)} rollouts in groups of ${GROUP}: largest distance of its cost from a line over distinct tokens`,
      batches: ROLLOUTS.map((rollouts) => syntheticGroups(vocabSize, rollouts / GROUP, GROUP)),
      withPairs: false,
    },
    {
      id: 'growth/default/length',
      what: `GRPO update, one sequence of ${LENGTHS[0]} to ${LENGTHS.at(-1)} tokens: largest distance of its cost from a line over tokens and over pairs of which one sees the other`,
      batches: LENGTHS.map((length) => syntheticSequence(vocabSize, length)),
      withPairs: true,
    },
  ];
  for (const sweep of sweeps) if (session.wanted(sweep.id)) await oneSweep(session, sweep);
}

async function oneSweep(session: Session, { id, what, batches, withPairs }: Sweep): Promise<void> {
  const { opened, basis, log } = session;
  const settings = presetSettings('default');
  const policy = new GpuPolicy(opened.gpu, CONFIG, initWeights(CONFIG, 5), ADAPTER);
  const steps = batches.map((batch, i) => passStep(`size ${i}`, 'forest', policy, batch, settings));
  log(`${id}: ${steps.map(({ tokens }) => tokens).join(', ')} distinct tokens`);
  const costs = await interleave(steps, ROUNDS);
  policy.dispose();
  const measured = steps.map(({ name }) => median(costsOf(costs.get(name) ?? [], basis)));
  const tokens = steps.map((step) => step.tokens);
  const terms = [tokens.map(() => 1), tokens, ...(withPairs ? [steps.map(({ pairs }) => pairs)] : [])];
  const { factors, fitted, worst } = fitTerms(terms, measured);
  const [fixed = NaN, perToken = NaN, perPair] = factors;
  const unit = basis === 'cpu' ? 'CPU ms' : 'ms';
  const pairs = perPair === undefined ? '' : ` + ${number(1e6 * perPair)} per million pairs`;
  const series: Series = {
    xLabel: 'distinct tokens',
    yLabel: `${unit} of an update`,
    x: tokens,
    measured,
    model: fitted,
  };
  session.emit(
    plainRow({
      ...{ id, what, series },
      unit: '%',
      ours: 100 * worst,
      rounds: ROUNDS,
      note: `${unit}: ${number(fixed)} + ${number(1e3 * perToken)} per thousand tokens${pairs}; random weights of the default sizes, KL included`,
    }),
  );
}
