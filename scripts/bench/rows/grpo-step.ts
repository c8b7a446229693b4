/** One GRPO update on recorded trajectories of the default policy: against tfjs, without sharing, without the mask. */
import { counted, footprintNote } from '../footprint';
import { passStep, sameUpdates, sequencesOf, trainerStep } from '../grpo';
import { interleave, timeRow } from '../measure';
import { tfjsGrpo } from '../peers/tfjs/grpo';
import { freshPolicy, loadDefaultPolicy, openDefaultRun, recordGroups, score } from '../recorded';
import type { Session } from '../session';

const GROUPS = 4;
const ROLLOUTS = 8;
const ROUNDS = 5;
const PEER_ROUNDS = 3;
/** The two steps differ by a tenth, which few rounds do not tell from noise. */
const CLOSE_ROUNDS = 41;

export async function grpoRows(session: Session): Promise<void> {
  const platform = await session.platform();
  const start = await loadDefaultPolicy(platform);
  const run = await openDefaultRun(platform, start.settings);
  session.log(`sampling ${GROUPS} x ${ROLLOUTS} trajectories`);
  const trajectories = await recordGroups(run.deps, start.settings, GROUPS, ROLLOUTS);
  run.dispose();
  const { gpu } = session.opened;
  const masked = score(trajectories, start.settings, 'masked');
  const unmasked = score(trajectories, start.settings, 'rollout');
  const tokens = masked.reduce((sum, { ids }) => sum + ids.length, 0);
  const note = `${masked.length} trajectories of ${tokens} tokens`;
  const { basis } = session;

  if (session.wanted('grpo-step/default/tfjs')) {
    const policy = freshPolicy(gpu, start);
    const adapter = await policy.readAdapter();
    const ours = counted(trainerStep('ours', policy, masked, start.settings));
    const peer = counted(await tfjsGrpo(start, adapter, sequencesOf(masked, start.settings)));
    const costs = await interleave([ours, peer], PEER_ROUNDS);
    session.emit(
      timeRow(costs, basis, {
        id: 'grpo-step/default/tfjs',
        what: 'GRPO update of the adapter with KL against the start; peer: one padded row per sequence',
        ...{ ours: 'ours', peer: 'tfjs', note: `${note}; ${footprintNote([ours, peer])}` },
        check: sameUpdates(ours, peer),
      }),
    );
    await ours.dispose?.();
    await peer.dispose?.();
  }
  if (session.wanted('forest/default/packed')) {
    const ours = passStep('forest', 'forest', freshPolicy(gpu, start), masked, start.settings);
    const peer = passStep('packed', 'packed', freshPolicy(gpu, start), masked, start.settings);
    const costs = await interleave([ours, peer], ROUNDS);
    session.emit(
      timeRow(costs, basis, {
        id: 'forest/default/packed',
        what: 'the same update on the prefix forest; peer: ours on separate chains packed without padding',
        ...{ ours: 'forest', peer: 'packed', note: `${note}, ${ours.tokens} of them distinct` },
        check: sameUpdates(ours, peer),
      }),
    );
    await ours.dispose?.();
    await peer.dispose?.();
  }
  if (session.wanted('masked/default/unmasked')) {
    const ours = trainerStep('masked', freshPolicy(gpu, start), masked, start.settings);
    const settings = { ...start.settings, mode: 'rollout' as const };
    const peer = trainerStep('unmasked', freshPolicy(gpu, start), unmasked, settings);
    const costs = await interleave([ours, peer], CLOSE_ROUNDS);
    session.emit(
      timeRow(costs, basis, {
        id: 'masked/default/unmasked',
        what: 'the update trains sampled tokens only; peer: ours with every token after the prompt',
        ...{ ours: 'masked', peer: 'unmasked', note },
      }),
    );
    await ours.dispose?.();
    await peer.dispose?.();
  }
}
