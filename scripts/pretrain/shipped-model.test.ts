import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../runtime/page';

const MODELS = join(REPOSITORY, 'public/models');

test.each(readdirSync(MODELS))('the checksums of %s hold and cover all that makes the policy', (name) => {
  const folder = join(MODELS, name);
  const lines = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
  const wanted = new Map(lines.map((line) => line.split(/ {2}/).reverse() as [string, string]));
  for (const file of readdirSync(folder)) {
    if (!/\.(safetensors|json)$/.test(file)) continue;
    expect([...wanted.keys()]).toContain(file);
  }
  for (const [file, sum] of wanted) {
    const bytes = readFileSync(join(folder, file));
    expect(createHash('sha256').update(bytes).digest('hex'), file).toBe(sum);
  }
});
