/** One training step of all parameters, against libraries that can train. */
import { initWeights } from '../../../src/policy/weights';
import { MODELS, stepSize } from '../archs';
import { randomTokens } from '../batch';
import { interleave, timeRow } from '../measure';
import { tfjsStep } from '../peers/tfjs/step';
import type { Session } from '../session';
import { FULL, ourStep, sameLosses } from '../steps';

const ROUNDS = 3;

export async function stepFullRows(session: Session): Promise<void> {
  const { arch, software, basis } = session;
  const config = MODELS[arch];
  const size = stepSize(arch, software);
  const batch = randomTokens(config, size);
  const model = { config, tensors: initWeights(config, 5) };
  const ours = ourStep(session, 'ours', model, batch, FULL);
  const peer = await tfjsStep(model, batch);
  const costs = await interleave([ours, peer], ROUNDS);
  session.emit(
    timeRow(costs, basis, {
      id: `step-full/${arch}/tfjs`,
      what: `forward, backward and Adam over ${size.sequences} x ${size.length} tokens, all parameters, f32`,
      ours: 'ours',
      peer: 'tfjs',
      check: sameLosses(ours, peer),
    }),
  );
  await ours.dispose?.();
  await peer.dispose?.();
}
