/** Writes the warm start down for `pretrain_torch.py`: schedule, optimiser, initial weights, and all batches in order. */
import type { RunStore } from '../../src/run/stores/run-store';
import { writeSafetensors } from '../../src/formats/safetensors';
import type { ModelFiles } from '../../src/formats/files';
import type { HostTensors } from '../../src/formats/tensors';
import type { TrainingSequence } from './format';
import { encodeSequences } from './format';
import { heldOutSequences, stageBatches, type DataSource } from './stage-data';
import { ADAM, MUON, type Stage } from './stages';

export const PLAN_FILE = 'plan.json';

/**
 * Beside {@link PLAN_FILE} (last, so that a folder that has it is whole): `config.json`, `initial.safetensors`, and per
 * stage `STAGE.bin` (`format.ts`) with `batchSize` sequences for each step, and `held-out-STAGE.bin`.
 */
export async function writePlan(
  store: RunStore,
  model: ModelFiles,
  initial: HostTensors,
  source: DataSource,
  stages: readonly Stage[],
  say: (line: string) => void,
): Promise<void> {
  await store.write('config.json', await model.read('config.json'));
  await store.write('initial.safetensors', writeSafetensors(initial));
  for (const stage of stages) {
    const batches = await stageBatches(source, stage);
    const sequences: TrainingSequence[] = [];
    for (let step = 1; step <= stage.steps; step++) sequences.push(...batches(step));
    await store.write(`${stage.name}.bin`, encodeSequences(sequences));
    const heldOut = await heldOutSequences(source, stage);
    await store.write(`held-out-${stage.name}.bin`, encodeSequences(heldOut));
    const tokens = sequences.reduce((sum, { ids }) => sum + ids.length, 0);
    say(`${stage.name}: ${stage.steps} steps, ${sequences.length} sequences, ${tokens} tokens`);
  }
  const plan = { format: 1, seed: source.seed, muon: MUON, adam: ADAM, stages };
  await store.write(PLAN_FILE, new TextEncoder().encode(`${JSON.stringify(plan, null, 2)}\n`));
}
