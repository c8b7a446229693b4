/**
 * Real weights against what PyTorch, transformers and PEFT found with them (`npx tsx scripts/real/record.ts`). Where the
 * weights are is told by the environment; `npm test` sees to it.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { readResult } from '../../scripts/real/compare';
import { randomAdapter } from '../../scripts/real/exports/models';
import { differences, ownTexts } from '../../scripts/real/greedy';
import { fingerprint, isTie, LIGHT_MODEL, type LightCase } from '../../scripts/real/light';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { createChatFormat } from '../../src/chat/chat-format';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { loadModelConfig } from '../../src/engine/model/config';
import { adapterFolder } from '../../src/engine/peft';
import type { ModelConfig } from '../../src/engine/types';
import type { ModelFiles } from '../../src/formats/files';
import { verifyModel } from '../../src/run/verify';

const light = JSON.parse(readFileSync(new URL('smollm2.json', import.meta.url), 'utf8')) as LightCase;
let path: string;
let files: ModelFiles;
let config: ModelConfig;

beforeAll(async () => {
  const given = process.env[LIGHT_MODEL];
  if (given === undefined) throw new Error(`${LIGHT_MODEL} must name the GGUF file; npm test sets it.`);
  path = given;
  files = await openModelFilesNode(path, '');
  config = await loadModelConfig(files);
});

test('log-probs, loss and gradients are those of float64', async () => {
  const { lora, tensors } = randomAdapter(config);
  const inputs = new Map(
    [...adapterFolder(tensors, lora, { baseModel: 'smollm2' })].map(([name, bytes]) => [
      `adapter/${name}`,
      bytes,
    ]),
  );
  inputs.set('batch.json', new TextEncoder().encode(JSON.stringify(light.batch)));
  const out = await verifyModel(await createDawnGpu(), { model: files, files: inputs });
  const { result, gradients } = readResult(out);
  const gaps = (['logprobs', 'ref_logprobs'] as const).flatMap((name) =>
    light.expected[name].flatMap((row, s) =>
      row.map((value, t) => Math.abs(value - (result[name][s]?.[t] ?? NaN))),
    ),
  );
  expect(Math.max(...gaps)).toBeLessThanOrEqual(light.bounds.logprob);
  const lossGap = Math.abs(result.loss / light.expected.loss - 1);
  expect(lossGap).toBeLessThanOrEqual(light.bounds.loss);
  expect([...gradients.keys()].sort()).toEqual(Object.keys(light.gradients).sort());
  // A random direction sees an error of length e as about e, seldom as more than four times that.
  const far = Object.entries(light.gradients).map(([name, [norm, along]]) => {
    const [ownNorm, ownAlong] = fingerprint(name, gradients.get(name) ?? []);
    return [name, Math.max(Math.abs(ownNorm - norm), Math.abs(ownAlong - along) / 4) / norm] as const;
  });
  expect(far.filter(([, gap]) => !(gap <= light.bounds.gradient))).toEqual([]);
});

const { greedy } = light;
if (greedy !== null) {
  test('questions become the tokens that transformers makes of them', async () => {
    const chat = await createChatFormat(files, { eosTokenIds: config.eosTokenIds });
    const own = greedy.questions.map((content) => chat.prompt([{ role: 'user', content }], []));
    expect(own).toEqual(greedy.texts.map(({ prompt }) => prompt));
  });

  test('greedy texts are those of transformers.generate', async () => {
    const found = await ownTexts(await createDawnGpu(), path, greedy, greedy.tokens);
    const wrong = differences(greedy.texts, found).filter(
      ({ text, at, own }) => !isTie(greedy.ties, text, at, own),
    );
    expect(wrong).toEqual([]);
  });
}
