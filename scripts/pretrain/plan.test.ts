import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSafetensors } from '../../src/formats/safetensors';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { folderFiles } from '../../src/engine/files/folder-node';
import { REPOSITORY } from '../runtime/page';
import type { TokenizerJson } from '../tokenizer/files';
import { decodeSequences } from './format';
import { PLAN_FILE, writePlan } from './plan';
import { stageBatches } from './stage-data';
import { STAGES, type Stage } from './stages';

const MODEL = join(REPOSITORY, 'public/models/mailgym-tiny');
const tokenizer = JSON.parse(readFileSync(join(MODEL, 'tokenizer.json'), 'utf8')) as TokenizerJson;
const SOURCE = { seed: 9, config: { vocabSize: 1408 }, tokenizer };
const SMALL: readonly Stage[] = [
  { ...(STAGES[0] as Stage), steps: 3, batchSize: 2 },
  {
    ...(STAGES[4] as Stage),
    steps: 9,
    batchSize: 4,
    data: [{ kind: 'flawed', split: 'train', seed: 1, first: 0, inboxes: 1 }],
  },
];

test('what PyTorch is given is what the engine trains on, step by step', async () => {
  const store = new MemoryStore();
  const weights = new Map([['w', { shape: [2], data: Float32Array.of(1, -2) }]]);
  const said: string[] = [];
  await writePlan(store, folderFiles(MODEL), weights, SOURCE, SMALL, (line) => said.push(line));
  const file = async (name: string) => (await store.read(name)) ?? new Uint8Array();
  const plan = JSON.parse(new TextDecoder().decode(await file(PLAN_FILE))) as { stages: unknown };
  expect(plan.stages).toEqual(SMALL);
  for (const stage of SMALL) {
    const sequences = decodeSequences(await file(`${stage.name}.bin`));
    expect(sequences).toHaveLength(stage.steps * stage.batchSize);
    const batches = await stageBatches(SOURCE, stage);
    for (let step = 1; step <= stage.steps; step++) {
      const written = sequences.slice((step - 1) * stage.batchSize, step * stage.batchSize);
      expect(written).toEqual(batches(step));
    }
    expect(decodeSequences(await file(`held-out-${stage.name}.bin`))).toHaveLength(96);
  }
  const { tensors } = parseSafetensors(await file('initial.safetensors'), 'initial');
  expect(tensors.get('w')?.shape).toEqual([2]);
  expect(said).toHaveLength(2);
}, 60_000);
