/**
 * Records what the referees find for the light half: `tests/real/smollm2.json`.
 *
 *   npx tsx scripts/real/record.ts [--python-env DIR]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { loadModelConfig } from '../../src/engine/model/config';
import { adapterFolder } from '../../src/engine/peft';
import { REPOSITORY } from '../runtime/page';
import { readExpected } from './compare';
import { randomAdapter } from './exports/models';
import type { GreedyTexts } from './greedy';
import { fingerprint, type LightCase } from './light';
import { PROMPTS } from './prompts';
import { openReferees, refereeScript, runPython } from './referees';

const TEXTS = 20;
const TOKENS = 32;

const at = process.argv.indexOf('--python-env');
const environment = (at < 0 ? undefined : process.argv[at + 1]) ?? null;
const referees = openReferees({ environment, offline: false }, console.log);
const model = referees.models.smollm2;
const work = mkdtempSync(join(tmpdir(), 'mailgym-record-'));
try {
  const { lora, tensors } = randomAdapter(await loadModelConfig(await openModelFilesNode(model, '')));
  const adapter = join(work, 'adapter');
  mkdirSync(adapter);
  for (const [path, bytes] of adapterFolder(tensors, lora, { baseModel: 'smollm2' }))
    writeFileSync(join(adapter, path), bytes);
  const folder = join(work, 'case');
  runPython(referees.python, [refereeScript('case'), model, folder, '--adapter', adapter], console.log);
  const [from, to] = [join(work, 'task.json'), join(work, 'greedy.json')];
  const questions = PROMPTS.slice(0, TEXTS);
  writeFileSync(from, JSON.stringify({ prompts: questions, tokens: TOKENS }));
  runPython(referees.python, [refereeScript('greedy'), model, from, to], console.log);
  const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
  const { expected, gradients } = readExpected(folder);
  const { logprob, loss, gradient_worst } = (
    json(join(folder, 'torch.json')) as { float32: LightCase['torch'] }
  ).float32;
  const light: LightCase = {
    batch: json(join(folder, 'batch.json')),
    expected: { loss: expected.loss, logprobs: expected.logprobs, ref_logprobs: expected.ref_logprobs },
    torch: { logprob, loss, gradient_worst },
    gradients: Object.fromEntries([...gradients].map(([name, grad]) => [name, fingerprint(name, grad)])),
    greedy: { ...(json(to) as GreedyTexts), questions, tokens: TOKENS },
  };
  const path = join(REPOSITORY, 'tests', 'real', 'smollm2.json');
  mkdirSync(join(REPOSITORY, 'tests', 'real'), { recursive: true });
  writeFileSync(path, `${JSON.stringify(light)}\n`);
  console.log(`Written: ${path}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
