/** A GRPO step of a real model on mail, rollouts and update: against TRL's trainer with its tools on PyTorch. */
import { TOKEN_SOURCE } from '../../../src/tokens/types';
import { TRL_ROWS, type TrlRow } from '../catalog';
import { compare } from '../check';
import { openStep, PHASES, type OurPhasedStep, type Phase, type PhasedStep } from '../grpo-step';
import { interleave, plainRow, timeRow, type Costs } from '../measure';
import { startTrl } from '../peers/trl/process';
import type { Session } from '../session';
import { median } from '../statistics';
import { number } from '../table';
import type { Check, Contestant, Cost } from '../types';

/** Turns of an expert who searches, reads and answers; and the first of them alone. */
const TURNS: Readonly<Record<TrlRow, number>> = { 'multi-turn': 3, 'single-turn': 1 };
/** Sequences in one pass of TRL's update: more are no faster here and take more memory. */
const TRL_BATCH = 4;
const OURS = 'ours';
const PEER = 'trl';

export async function trlRows(session: Session): Promise<void> {
  for (const row of TRL_ROWS) if (session.wanted(`trl/${row}`)) await oneRow(session, row);
}

async function oneRow(session: Session, name: TrlRow): Promise<void> {
  const { trl } = session;
  if (trl === null) throw new Error('Rows of trl need --model and --python.');
  const shape = { ...trl, turns: TURNS[name] };
  const ours = await openStep(await session.platform(), trl.model, shape);
  const peer = await startTrl(trl.python, ours.task, TRL_BATCH).catch((error: unknown) => {
    ours.dispose();
    throw error;
  });
  try {
    const ourSteps: OurPhasedStep[] = [];
    const peerSteps: PhasedStep[] = [];
    let checked: Check | null = null;
    const log = (who: string, step: PhasedStep) => session.log(`${who}: ${shown(step)}`);
    const contestants: readonly Contestant[] = [
      {
        name: OURS,
        run: async () => {
          const step = await ours.step();
          ourSteps.push(step);
          log(OURS, step);
          const { ids = [], source = [], logprobs = [] } = step.trajectories[0] ?? {};
          // Before the first update of either, the adapters add nothing.
          checked ??= sameLogProbs(await peer.score(ids), ids.length, source, logprobs);
          return step;
        },
      },
      {
        name: PEER,
        run: async () => {
          const step = await peer.step();
          peerSteps.push(step);
          log(PEER, step);
          return step;
        },
      },
    ];
    const costs = await interleave(contestants, trl.rounds, 0);
    const { questions, rollouts, turnTokens } = shape;
    const { prompts, results } = ours.task;
    const id = `trl/${name}`;
    const mean = (of: readonly (readonly unknown[])[]) =>
      number(of.reduce((sum, { length }) => sum + length, 0) / of.length);
    const fed = (of: readonly PhasedStep[]) =>
      `${median(of.map((step) => step.forwardTokens))} without a gradient and ${median(of.map((step) => step.trainedTokens))} with one`;
    const ratioError = Math.max(...ourSteps.map(({ metrics }) => metrics.firstRatioError ?? NaN));
    session.emit(
      timeRow(costs, session.basis, {
        id,
        what:
          `GRPO step of ${questions} questions x ${rollouts} rollouts x ${shape.turns} turn${shape.turns === 1 ? '' : 's'} of ` +
          `${turnTokens} sampled tokens on mail, LoRA of rank ${ours.task.rank}`,
        ...{ ours: OURS, peer: PEER },
        ...(checked === null ? {} : { check: checked }),
        note: [
          `peer: ${peer.about}, ${TRL_BATCH} sequences a pass, no KL on either side`,
          `prompts of ${mean(prompts)} tokens${shape.turns === 1 ? '' : `, results of ${mean(results.flat())} each`}`,
          `tokens through the layers: ours ${fed(ourSteps)}, TRL ${fed(peerSteps)} (padding included)`,
          `firstRatioError at most ${ratioError.toExponential(1)}`,
        ].join('; '),
      }),
    );
    for (const phase of PHASES) emitPhase(session, id, phase, phaseCosts(phase, ourSteps, peerSteps));
  } finally {
    peer.dispose();
    ours.dispose();
  }
}

function phaseCosts(phase: Phase, ours: readonly PhasedStep[], peer: readonly PhasedStep[]): Costs {
  const of = (steps: readonly PhasedStep[]) =>
    steps.flatMap(({ phases }): Cost[] => (phases[phase] === undefined ? [] : [phases[phase]]));
  return new Map([
    [OURS, of(ours)],
    [PEER, of(peer)],
  ]);
}

function emitPhase(session: Session, id: string, phase: Phase, costs: Costs): void {
  const row = { id: `${id}/${phase}`, what: `its phase ${phase}` };
  if ((costs.get(OURS) ?? []).length > 0) {
    session.emit(timeRow(costs, session.basis, { ...row, ours: OURS, peer: PEER }));
    return;
  }
  const peer = median((costs.get(PEER) ?? []).map((cost) => cost[session.basis]));
  const unit = session.basis === 'cpu' ? 'CPU ms' : 'ms';
  const note = 'ours has none: log-probs of sampling are exact, and beta is 0';
  session.emit(plainRow({ ...row, unit, ours: 0, peer, peerName: PEER, note }));
}

/** Log-probs of the sampled tokens: ours as they were sampled, the peer's by a pass of its model. */
function sameLogProbs(
  scored: readonly number[],
  length: number,
  source: ArrayLike<number>,
  sampled: ArrayLike<number>,
): Check {
  const at = Array.from({ length }, (_, t) => t).filter((t) => source[t] === TOKEN_SOURCE.sampled);
  const of = (values: ArrayLike<number>) => at.map((t) => values[t] as number);
  return compare(`log-probs of ${at.length} sampled tokens`, of(sampled), of(scored), 1e-4);
}

/** For instance `41.2 CPU s (sampling 20.1, update 21.1), 80.3 s`. */
function shown({ cpu, wall, phases }: PhasedStep): string {
  const seconds = (ms: number) => number(ms / 1000);
  const parts = Object.entries(phases).map(([phase, cost]) => `${phase} ${seconds(cost.cpu)}`);
  return `${seconds(cpu)} CPU s (${parts.join(', ')}), ${seconds(wall)} s`;
}
