import { expect, test } from 'vitest';
import { parseVerifyBatch } from './verify';

const sequence = {
  group: 0,
  input_ids: [1, 2, 3],
  loss_mask: [0, 1, 1],
  advantage: 1,
  old_logprobs: [0, -0.5, -2],
};
const batch = {
  loss_type: 'grpo',
  beta: 0,
  epsilon_low: 0.2,
  epsilon_high: 0.2,
  temperature: 1,
  max_completion_length: 8,
};

test('an old log-prob above 0 is refused with its place', () => {
  expect(parseVerifyBatch({ ...batch, sequences: [sequence] }).sequences).toHaveLength(1);
  for (const wrong of [1e-6, 0.7, 3]) {
    const sequences = [sequence, { ...sequence, old_logprobs: [0, -0.5, wrong] }];
    expect(() => parseVerifyBatch({ ...batch, sequences })).toThrow(
      `sequences[1].old_logprobs must hold log-probabilities, which are at most 0, found ${wrong} at 2`,
    );
  }
});
