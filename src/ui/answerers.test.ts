import { expect, test } from 'vitest';
import { answererKey, answererName, answererOptions } from './answerers';
import { storedRuns } from './runs';

test('the bare model first, then adapters from the newest run', () => {
  const files = [
    'outputs/a/best_model/adapter_config.json',
    'outputs/a/checkpoint-4/adapter_config.json',
    'outputs/b/final/adapter_config.json',
    'outputs/b/metrics.jsonl',
  ];
  const options = answererOptions(storedRuns(files), 'mailgym-tiny');
  expect(options.map(({ key, label }) => [key, label])).toEqual([
    ['bare', 'Bare model (mailgym-tiny)'],
    ['outputs/b/final', 'b: final'],
    ['outputs/a/best_model', 'a: best model'],
    ['outputs/a/checkpoint-4', 'a: checkpoint after step 4'],
  ]);
  expect(answererOptions([], '')).toHaveLength(1);
  expect(answererKey({ kind: 'uploaded', name: 'mine', files: [] })).toBe('uploaded');
  expect(answererName({ kind: 'uploaded', name: 'mine', files: [] })).toBe('Uploaded: mine');
});
