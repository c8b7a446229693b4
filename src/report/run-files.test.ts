import { describe, expect, test } from 'vitest';
import {
  adapterOrder,
  baselineLogDate,
  baselineLogPath,
  checkpointName,
  checkpointStep,
  evalLogPath,
  evalLogStep,
  isAdapterFolder,
  isExported,
  isRunPath,
  outputDirs,
} from './run-files';

describe('names', () => {
  test('a checkpoint is named by its step, and nothing else is one', () => {
    expect([0, 7, 1200].map((step) => checkpointStep(checkpointName(step)))).toEqual([0, 7, 1200]);
    for (const name of [
      'checkpoint-',
      'checkpoint-07',
      'checkpoint-1.5',
      'checkpoint-1x',
      'xcheckpoint-1',
      'final',
    ]) {
      expect(checkpointStep(name), name).toBeNull();
    }
    expect(checkpointStep(`checkpoint-${'9'.repeat(40)}`)).toBeNull();
  });

  test('logs of evaluations tell their step, baselines 0 and their day', () => {
    expect(evalLogPath(5)).toBe('eval_logs/eval_step_0005.json');
    expect([5, 12_345].map((step) => evalLogStep(evalLogPath(step)))).toEqual([5, 12_345]);
    const baseline = baselineLogPath(Date.UTC(2026, 2, 4, 10, 11, 12, 999));
    expect(baseline).toBe('eval_logs/baseline_eval_20260304_101112.json');
    expect(evalLogStep(baseline)).toBe(0);
    expect(baselineLogDate(baseline.split('/')[1] ?? '')).toBe('2026-03-04');
    for (const path of [
      'eval_step_0005.json',
      'eval_logs/eval_step_5.json',
      'eval_logs/a/eval_step_0005.json',
    ]) {
      expect(evalLogStep(path), path).toBeNull();
    }
  });

  test('what a run writes, and what it never does', () => {
    for (const path of [
      ...['config.json', 'metrics.jsonl', 'runs.json', 'run.lock', 'eval_logs/eval_step_0002.json'],
      ...[
        'best_model/metadata.json',
        'final/adapter_model.safetensors',
        'checkpoint-3/optimizer.safetensors',
      ],
    ]) {
      expect(isRunPath(path), path).toBe(true);
    }
    for (const path of [
      ...[
        'notes.txt',
        'final',
        'checkpoint-3',
        'checkpoint-3/pytorch_model.bin',
        'final/optimizer.safetensors',
      ],
      ...[
        'final/a/metadata.json',
        'a/config.json',
        '../config.json',
        'final/../config.json',
        'eval_logs/mine.json',
        '',
      ],
    ]) {
      expect(isRunPath(path), path).toBe(false);
    }
  });

  test('adapters: which folders, in which order, and what goes out of them', () => {
    const names = ['checkpoint-2', 'final', 'checkpoint-10', 'best_model'];
    expect(names.every(isAdapterFolder)).toBe(true);
    expect(isAdapterFolder('eval_logs')).toBe(false);
    expect(names.sort(adapterOrder)).toEqual(['best_model', 'final', 'checkpoint-10', 'checkpoint-2']);
    expect(['adapter_config.json', 'optimizer.safetensors', 'trainer_state.json'].map(isExported)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('a new run may be called', () => {
    const names = outputDirs('outputs/a');
    expect([names.next().value, names.next().value, names.next().value]).toEqual([
      'outputs/a',
      'outputs/a-2',
      'outputs/a-3',
    ]);
  });
});
