// What somebody who installed the package writes; checked by tsc against the package's types, then run in Node.
import * as tf from '@tensorflow/tfjs';
import { openRunStore, resolveSettings, SettingsError } from 'mailgym';
import { loadDataset } from 'mailgym/environments';
import { embedding, maskedGrpoLoss, maskedGrpoRows } from 'mailgym/tfjs';

await tf.setBackend('cpu');
const table = tf.variable(tf.ones([4, 2]));
const head = tf.variable(tf.tensor2d([1, 0, 0, 1, 1, 1, 0, 0], [4, 2]));
const rows = maskedGrpoRows([{ ids: [0, 1, 2], mask: [0, 0, 1], advantage: 1 }]);
const { value, grads } = tf.variableGrads(() =>
  maskedGrpoLoss({ hidden: embedding(tf.tensor1d([0, 1, 2], 'int32'), table), head }, rows),
);
const sizes = Object.values(grads).map((gradient) => gradient.abs().sum().arraySync() as number);
if (value.arraySync() !== -1 || !sizes.every((size) => size > 0))
  throw new Error(`no gradients: ${sizes.join(', ')}`);

const { settings } = resolveSettings({ preset: 'quick', flags: { maxSteps: '3' } });
const store = await openRunStore('runs/first');
await store.write('settings.json', new TextEncoder().encode(JSON.stringify(settings)));
if ((await store.list()).join() !== 'settings.json') throw new Error('the store lost a file');
try {
  resolveSettings({ flags: { maxStep: '3' } });
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.log(`settings of ${settings.maxSteps} steps; ${error.message}; ${typeof loadDataset}`);
}
