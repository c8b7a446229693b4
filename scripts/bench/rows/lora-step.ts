/** A training step of the adapter against our own step of all parameters, on the same tokens. */
import { initWeights } from '../../../src/engine/weights/weights';
import { MODELS, stepSize } from '../archs';
import { randomTokens } from '../batch';
import { compare } from '../check';
import { interleave, timeRow } from '../measure';
import type { Session } from '../session';
import { ADAPTER, FULL, LORA, ourStep } from '../steps';

const ROUNDS = 15;

export async function loraStepRows(session: Session): Promise<void> {
  const { arch, software, basis } = session;
  const config = MODELS[arch];
  const size = stepSize(arch, software);
  const batch = randomTokens(config, size);
  const model = { config, tensors: initWeights(config, 5) };
  const lora = ourStep(session, 'lora', model, batch, ADAPTER);
  const full = ourStep(session, 'full', model, batch, FULL);
  const costs = await interleave([lora, full], ROUNDS);
  session.emit(
    timeRow(costs, basis, {
      id: `lora-step/${arch}/full`,
      what: `forward, backward and Adam over ${size.sequences} x ${size.length} tokens, adapter only; peer: ours with all parameters`,
      ours: 'lora',
      peer: 'full',
      // A fresh adapter adds nothing, so both start from the same loss.
      check: compare('loss before the first step', lora.losses.slice(0, 1), full.losses.slice(0, 1), 1e-5),
      note: `rank ${LORA.r} on ${LORA.targets.length} projections`,
    }),
  );
  await lora.dispose?.();
  await full.dispose?.();
}
