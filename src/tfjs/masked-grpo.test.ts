import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, expectSameFunction, FLOAT32, normalTensor } from '../../tests/support/ops';
import { OpError } from '../kernels/errors';
import {
  maskedGrpoLoss,
  maskedGrpoRows,
  type MaskedGrpoRowsOptions,
  type MaskedSequence,
} from './masked-grpo';

beforeAll(() => tf.setBackend('cpu'));

const VOCABULARY = 7;
const WIDTH = 3;
/** Of 5, 4 and 3 tokens, the last with nothing to train; a mask of 1 on token 0 must not count. */
const SEQUENCES: readonly MaskedSequence[] = [
  { ids: [1, 2, 3, 4, 5], mask: [1, 0, 1, 1, 0], advantage: 0.7, old: [0, 0, -1.5, -2.5, 0] },
  { ids: [1, 6, 0, 2], mask: [0, 1, 0, 1], advantage: [9, -0.4, 9, 0.3], old: [0, -1, 0, -3] },
  { ids: [1, 2, 3], mask: [0, 0, 0], advantage: 1 },
];
const CONFIG = { epsilonLow: 0.2, epsilonHigh: 0.28, beta: 0.04, entropyCoef: 0.02, temperature: 1.3 };
/** Trained tokens of the sequences. */
const TRAINED = [2, 2, 0] as const;

/** The same loss with stock ops on dense logits, token by token. */
function stock(weightOf: (sequence: number) => number, offsets: readonly number[], reference: tf.Tensor) {
  return (hidden: tf.Tensor, head: tf.Tensor): tf.Tensor => {
    const logps = tf.logSoftmax(tf.matMul(hidden, head, false, true).div(CONFIG.temperature));
    const parts: tf.Tensor[] = [];
    SEQUENCES.forEach(({ ids, mask, advantage, old }, s) => {
      for (let t = 1; t < ids.length; t++) {
        if (mask[t] !== 1) continue;
        const all = logps.slice([(offsets[s] as number) + t - 1, 0], [1, VOCABULARY]).flatten();
        const logp = all.slice([ids[t] as number], [1]);
        const entropy = all.exp().mul(all).sum().neg();
        const a = typeof advantage === 'number' ? advantage : (advantage[t] as number);
        const ratio = logp.sub(old?.[t] as number).exp();
        const surrogate = tf.minimum(ratio.mul(a), ratio.clipByValue(0.8, 1.28).mul(a));
        const gap = reference.slice([parts.length], [1]).sub(logp);
        const k3 = gap.exp().sub(gap).sub(1);
        const loss = k3.mul(CONFIG.beta).sub(entropy.mul(CONFIG.entropyCoef)).sub(surrogate);
        parts.push(loss.mul(weightOf(s)));
      }
    });
    return tf.addN(parts).asScalar();
  };
}

describe('equals stock ops on dense logits', () => {
  const cases: [MaskedGrpoRowsOptions, (s: number) => number, number[]][] = [
    [{}, (s) => 1 / (2 * (TRAINED[s] as number)), [0, 5, 9]],
    [{ lossType: 'dapo' }, () => 1 / 4, [0, 5, 9]],
    [{ lossType: 'dr_grpo', maxCompletionLength: 10 }, () => 1 / 20, [0, 5, 9]],
    [{ stride: 6 }, (s) => 1 / (2 * (TRAINED[s] as number)), [0, 6, 12]],
  ];
  test.each(cases)('%j', (options, weightOf, offsets) => {
    const rows = maskedGrpoRows(SEQUENCES, options);
    expect(rows.count).toBe(4);
    const reference = normalTensor('reference', [4]).sub(2);
    expectSameFunction(
      (hidden, head) => maskedGrpoLoss({ hidden, head, reference }, rows, CONFIG),
      stock(weightOf, offsets, reference),
      [normalTensor('hidden', [18, WIDTH]), normalTensor('head', [VOCABULARY, WIDTH])],
    );
  });
});

test('without old the gradient is the policy gradient, and the masked tokens have none', () => {
  const rows = maskedGrpoRows([{ ids: [1, 2, 3], mask: [0, 0, 1], advantage: 2 }]);
  const head = normalTensor('head', [VOCABULARY, WIDTH]);
  const hidden = normalTensor('hidden', [3, WIDTH]);
  const found = tf.grad((x: tf.Tensor) => maskedGrpoLoss({ hidden: x, head }, rows))(hidden);
  const wanted = tf.grad((x: tf.Tensor) =>
    tf
      .logSoftmax(tf.matMul(x, head, false, true))
      .slice([1, 3], [1, 1])
      .sum()
      .mul(-2),
  )(hidden);
  expectClose(found.dataSync(), wanted.dataSync(), FLOAT32);
});

test('nothing to train costs nothing', () => {
  const rows = maskedGrpoRows([{ ids: [1, 2], mask: [0, 0], advantage: 1 }]);
  const inputs = {
    hidden: normalTensor('hidden', [2, WIDTH]),
    head: normalTensor('head', [VOCABULARY, WIDTH]),
  };
  expect(maskedGrpoLoss(inputs, rows).dataSync()[0]).toBe(0);
});

test('rows give back their tensors', () => {
  const before = tf.memory().numTensors;
  maskedGrpoRows(SEQUENCES).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

describe('wrong arguments', () => {
  const sequence: MaskedSequence = { ids: [1, 2], mask: [0, 1], advantage: 1 };
  test.each<[string, MaskedSequence, MaskedGrpoRowsOptions, string]>([
    ['mask', { ...sequence, mask: [1] }, {}, 'sequence 0 has 2 tokens and 1 numbers of mask'],
    ['advantage', { ...sequence, advantage: [1, 2, 3] }, {}, 'has 2 tokens and 3 numbers of advantage'],
    ['old', { ...sequence, old: [] }, {}, 'has 2 tokens and 0 numbers of old'],
    ['NaN advantage', { ...sequence, advantage: NaN }, {}, 'has advantage NaN at token 1'],
    ['NaN old', { ...sequence, old: [0, NaN] }, {}, 'has no old log-prob at token 1'],
    ['stride', sequence, { stride: 1 }, 'has 2 tokens, more than the stride of 1'],
    ['dr_grpo', sequence, { lossType: 'dr_grpo' }, 'divides by maxCompletionLength, which is 0'],
  ])('%s', (_, given, options, message) => {
    expect(() => maskedGrpoRows([given], options)).toThrow(OpError);
    expect(() => maskedGrpoRows([given], options)).toThrow(message);
  });

  test('KL without a reference', () => {
    const inputs = {
      hidden: normalTensor('hidden', [2, WIDTH]),
      head: normalTensor('head', [VOCABULARY, WIDTH]),
    };
    expect(() => maskedGrpoLoss(inputs, maskedGrpoRows([sequence]), { beta: 0.1 })).toThrow(
      'beta is 0.1, but there is no reference',
    );
  });
});
