/** One training step of all parameters, against libraries that can train. */
import { initWeights } from '../../../src/engine/weights/weights';
import { MODELS, stepSize } from '../archs';
import { randomTokens, type TokenBatch } from '../batch';
import { STEP_PEERS, stepFullId, type StepPeer } from '../catalog';
import { counted, footprintNote } from '../footprint';
import { interleave, timeRow } from '../measure';
import type { Session } from '../session';
import { fallingLosses, FULL, ourStep, sameLosses, type StepContestant, type StepModel } from '../steps';

/** A peer's step, and what it needs told. */
type Peer = StepContestant & { readonly note?: string };

const MAKERS: Readonly<Record<StepPeer, (model: StepModel, batch: TokenBatch) => Promise<Peer>>> = {
  tfjs: async (...args) => (await import('../peers/tfjs/step')).tfjsStep(...args),
  'jax-js': async (...args) => (await import('../peers/jax/step')).jaxStep(...args),
  nanogpt: async (...args) => (await import('../peers/nanogpt/step')).nanogptStep(...args),
};

const ROUNDS = 3;

export async function stepFullRows(session: Session): Promise<void> {
  const { arch, software, basis } = session;
  const config = MODELS[arch];
  const size = stepSize(arch, software);
  const batch = randomTokens(config, size);
  const model = { config, tensors: initWeights(config, 5) };
  for (const name of STEP_PEERS) {
    const id = stepFullId(arch, name);
    if (!session.wanted(id)) continue;
    const ours = counted(ourStep(session, 'ours', model, batch, FULL));
    const peer = counted(await MAKERS[name](model, batch));
    const costs = await interleave([ours, peer], ROUNDS);
    session.emit(
      timeRow(costs, basis, {
        id,
        what: `forward, backward and Adam over ${size.sequences} x ${size.length} tokens, all parameters, f32`,
        ...{ ours: 'ours', peer: name },
        check: name === 'nanogpt' ? fallingLosses(peer) : sameLosses(ours, peer),
        note: [footprintNote([ours, peer]), peer.note ?? []].flat().join('; '),
      }),
    );
    await ours.dispose?.();
    await peer.dispose?.();
  }
}
