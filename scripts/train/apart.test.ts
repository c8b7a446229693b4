import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertApart } from './apart';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-apart-'));
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model/config.json'), '{}');
  writeFileSync(join(folder, 'model/dataset.json'), '{}');
  symlinkSync(join(folder, 'model'), join(folder, 'link'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('model and output in one folder are refused, by any of its names; side by side they are not', () => {
  const model = join(folder, 'model');
  const builtIn = { model: 'mailgym-tiny', dataset: 'mailgym-office' };
  for (const outputDir of [model, `${model}/`, relative('.', model), join(folder, 'link')]) {
    expect(() => assertApart({ ...builtIn, model, outputDir })).toThrow(
      /model and outputDir are the same folder/,
    );
    expect(() => assertApart({ ...builtIn, dataset: model, outputDir })).toThrow(/dataset and outputDir are/);
    expect(() => assertApart({ ...builtIn, outputDir })).not.toThrow();
  }
  expect(() => assertApart({ ...builtIn, model, outputDir: join(model, 'run') })).not.toThrow();
  expect(() => assertApart({ ...builtIn, model, outputDir: join(folder, 'new') })).not.toThrow();
});
