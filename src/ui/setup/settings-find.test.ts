import { expect, it } from 'vitest';
import { FIND_ALL, isFinding, isFound } from './settings-find';

const info = { label: 'Learning rate', description: 'Size of a step of AdamW.' };

it('settings are found by name, label and help, all words counting', () => {
  const found = (words: string) => isFound('learningRate', info, { ...FIND_ALL, words }, {});
  expect([found(''), found(' LEARNING adamw'), found('learningrate'), found('learning batch')]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(isFinding(FIND_ALL)).toBe(false);
  expect(isFinding({ words: ' a', changed: false })).toBe(true);
});

it('or by being changed', () => {
  const changed = { words: '', changed: true };
  expect(isFound('learningRate', info, changed, {})).toBe(false);
  expect(isFound('learningRate', info, changed, { learningRate: '1' })).toBe(true);
  expect(isFinding(changed)).toBe(true);
});
