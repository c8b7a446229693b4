/** The Hugging Face folder that a warm start leaves behind. */
import { createHash } from 'node:crypto';
import type { RunStore } from '../../src/run/stores/run-store';
import { writeSafetensors } from '../../src/formats/safetensors';
import type { ModelFiles } from '../../src/formats/files';
import type { HostTensors } from '../../src/formats/tensors';

/** Taken over from the model that the architecture and tokenizer come from; the first three must be there. */
const COPIED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const;
const COPIED_IF_THERE = ['generation_config.json', 'chat_template.jinja'] as const;

/**
 * Writes config, tokenizer, weights, model card and SHA256SUMS below `prefix` ('' or a folder with its slash).
 * The sums come last: a folder whose sums hold is whole.
 */
export async function writeModelFolder(
  store: RunStore,
  prefix: string,
  source: ModelFiles,
  weights: HostTensors,
  card: string,
): Promise<void> {
  const files = new Map<string, Uint8Array>();
  for (const name of COPIED) files.set(name, await source.read(name));
  for (const name of COPIED_IF_THERE) if (await source.has(name)) files.set(name, await source.read(name));
  files.set('model.safetensors', writeSafetensors(weights));
  files.set('README.md', new TextEncoder().encode(card));
  const sums = [...files].map(
    ([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`,
  );
  for (const [name, bytes] of files) await store.write(`${prefix}${name}`, bytes);
  await store.write(`${prefix}SHA256SUMS`, new TextEncoder().encode(sums.join('')));
}

export interface CardFacts {
  readonly parameters: number;
  /** The command that makes these weights. */
  readonly command: string;
  readonly from: string;
  readonly stages: readonly {
    readonly name: string;
    readonly steps: number;
    readonly learningRate: number;
  }[];
  /** Numbers of the last stage's end. */
  readonly numbers: Readonly<Record<string, unknown>>;
}

export function modelCard({ parameters, command, from, stages, numbers }: CardFacts): string {
  const rows = stages.map(({ name, steps, learningRate }) => `| ${name} | ${steps} | ${learningRate} |`);
  const facts = Object.entries(numbers).map(
    ([name, value]) =>
      `| ${name} | ${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)} |`,
  );
  return `---
license: apache-2.0
library_name: transformers
tags: [mailgym]
---

# A warm start made by MailGym

A Llama-style model of ${parameters} parameters that searches and reads a generated mailbox with tools, made from
scratch on generated data by

    ${command}

It started from ${from}.

| stage | steps | peak learning rate |
| --- | --- | --- |
${rows.join('\n')}

After the last stage, on held-out traces (and on validation questions of the data set, where accuracies are given):

| number | value |
| --- | --- |
${facts.join('\n')}

It can do nothing but its task, and its data are made up.
`;
}
