/** A training step of the adapter against our own step of all parameters, on the same tokens. */
import { MODELS, stepSize } from '../archs';
import { randomTokens } from '../batch';
import { compare } from '../check';
import { interleave, plainRow, timeRow } from '../measure';
import { randomWeights } from '../random-weights';
import type { Session } from '../session';
import { median } from '../statistics';
import type { Cost } from '../types';
import { trainsInFull } from '../../../src/engine/trained-state';
import { ADAPTER, FULL, LORA, ourStep } from '../steps';

const ROUNDS = 15;

export async function loraStepRows(session: Session): Promise<void> {
  const { arch, software, basis } = session;
  const config = MODELS[arch];
  const size = stepSize(arch, software);
  const batch = randomTokens(config, size);
  const model = { config, tensors: await randomWeights(config, 5) };
  const lora = ourStep(session, 'lora', model, batch, ADAPTER);
  const what = `forward, backward and Adam over ${size.sequences} x ${size.length} tokens, adapter only`;
  const note = `rank ${LORA.r} on ${LORA.targets.length} projections`;
  const full = trainsInFull(config) ? ourStep(session, 'full', model, batch, FULL) : null;
  if (full === null) {
    const times = (await interleave([lora], ROUNDS)).get('lora') as readonly Cost[];
    const ours = median(times.map((cost) => cost[basis]));
    session.emit(
      plainRow({ id: `lora-step/${arch}/full`, what, unit: basis === 'cpu' ? 'CPU ms' : 'ms', ours, note }),
    );
    await lora.dispose?.();
    return;
  }
  const costs = await interleave([lora, full], ROUNDS);
  session.emit(
    timeRow(costs, basis, {
      id: `lora-step/${arch}/full`,
      what: `${what}; peer: ours with all parameters`,
      ours: 'lora',
      peer: 'full',
      // A fresh adapter adds nothing, so both start from the same loss.
      check: compare('loss before the first step', lora.losses.slice(0, 1), full.losses.slice(0, 1), 1e-5),
      note,
    }),
  );
  await lora.dispose?.();
  await full.dispose?.();
}
