/** One token step of a batch with 128 tokens of past: our sampler against ONNX Runtime. */
import { GpuPolicy } from '../../../src/engine/gpu-policy';
import { initWeights } from '../../../src/engine/weights/weights';
import { MODELS } from '../archs';
import { DECODE_BATCHES, decodeId } from '../catalog';
import { ourDecode, PAST, prompts, STEPS } from '../decode';
import { interleave, timeRow } from '../measure';
import { ortDecoder } from '../peers/ort/decode';
import type { Session } from '../session';

const ROUNDS = 5;

export async function decodeRows(session: Session): Promise<void> {
  const { arch, basis } = session;
  const config = MODELS[arch];
  const tensors = initWeights(config, 5);
  const policy = new GpuPolicy(session.opened.gpu, config, tensors, { kind: 'none' });
  const decoder = await ortDecoder(session, config, tensors);
  for (const batch of DECODE_BATCHES) {
    const id = decodeId(arch, batch);
    if (!session.wanted(id)) continue;
    const promptIds = prompts(config, batch);
    const ours = ourDecode(policy, promptIds);
    const peer = await decoder(promptIds);
    const costs = await interleave([ours, peer], ROUNDS);
    session.emit(
      timeRow(costs, basis, {
        id,
        what: `token step of ${batch} sequence${batch === 1 ? '' : 's'} after ${PAST} tokens`,
        ...{ ours: 'ours', peer: 'ort' },
        check: await peer.check(ours.latest()),
        note: `mean of ${STEPS} steps; ours draws at temperature 1 and gives log-probs, the peer's logits come back and their largest is taken`,
      }),
    );
    await peer.dispose?.();
  }
  policy.dispose();
}
