/**
 * The adapter of the case that `tests/real` holds: random by Philox, so that it need not lie in the repository.
 *
 *   npx tsx scripts/real/light-adapter.ts MODEL.gguf OUT
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { loadModelConfig } from '../../src/engine/model/config';
import { adapterFolder } from '../../src/engine/peft';
import { randomAdapter } from './exports/models';

const [model, out] = process.argv.slice(2);
if (model === undefined || out === undefined) throw new Error('Give MODEL.gguf and OUT.');
const { lora, tensors } = randomAdapter(await loadModelConfig(await openModelFilesNode(model, '')));
mkdirSync(out, { recursive: true });
for (const [path, bytes] of adapterFolder(tensors, lora, { baseModel: 'smollm2' }))
  writeFileSync(join(out, path), bytes);
