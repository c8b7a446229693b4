/** What attention needs to know of lengths, from the mask that transformers.js gives: 0 for padding, on the left. */
import type { OnnxModel } from '../../formats/onnx/model';
import { toFloat16 } from '../../formats/float-write';
import type { FloatElement } from './weights';

/** Finite in 16 bits, so that a row of padding, which sees nothing, gives no NaN. */
const HIDDEN = -65504;
const INT32 = 6;
const BOOL = 9;

export class Lengths {
  /** Index of the last key, by row: all rows are as long as the longest. */
  readonly seqlens: string;
  /** Keys, the new ones included. */
  readonly total: string;
  readonly #model: OnnxModel;
  readonly #compute: FloatElement;
  readonly #isToken: string;
  readonly #queries: string;
  readonly #keys: string;
  readonly #batch: string;
  readonly #biases = new Map<number | null, string>();

  constructor(model: OnnxModel, compute: FloatElement) {
    this.#model = model;
    this.#compute = compute;
    model.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
    model.input('position_ids', 'int64', ['batch_size', 'sequence_length']);
    const scalar = (name: string, value: bigint) => model.constant(name, [], BigInt64Array.of(value));
    const list = (name: string, ...values: bigint[]) =>
      model.constant(name, [values.length], BigInt64Array.from(values));
    const zero = scalar('zero', 0n);
    const one = scalar('one', 1n);
    const shape = model.value('Shape', ['attention_mask']);
    const size = (of: string, at: string) => model.value('Gather', [of, at], { attributes: { axis: 0 } });
    const length = size(shape, one);
    const fresh = size(model.value('Shape', ['input_ids']), one);
    this.total = model.value('Cast', [length], { attributes: { to: INT32 } });
    this.#batch = model.value('Unsqueeze', [size(shape, zero), list('leading', 0n)]);
    const last = model.value('Cast', [model.value('Sub', [length, one])], { attributes: { to: INT32 } });
    this.seqlens = model.value('Expand', [last, this.#batch]);
    const mask = model.value('Cast', ['attention_mask'], { attributes: { to: BOOL } });
    // [batch, 1, 1, total]
    this.#isToken = model.value('Unsqueeze', [mask, list('middle', 1n, 2n)]);
    this.#keys = model.value('Range', [zero, length, one]);
    // [new, 1]
    const rows = model.value('Range', [model.value('Sub', [length, fresh]), length, one]);
    this.#queries = model.value('Unsqueeze', [rows, list('trailing', 1n)]);
  }

  /**
   * [batch, 1, new, total], 0 for what is seen; attention hides what comes later by itself.
   * @param window positions that a token sees, its own included; null for all
   */
  bias(window: number | null): string {
    const known = this.#biases.get(window);
    if (known !== undefined) return known;
    const model = this.#model;
    const float = (name: string, value: number) => {
      const data = Float32Array.of(value);
      return model.constant(name, [], this.#compute === 'float32' ? data : toFloat16(data));
    };
    if (this.#biases.size === 0) {
      float('seen', 0);
      float('hidden', HIDDEN);
    }
    const distance = model.value('Sub', [this.#queries, this.#keys]);
    const reach = model.constant(
      `reach_${window ?? 'all'}`,
      [],
      BigInt64Array.of(BigInt(window ?? Number.MAX_SAFE_INTEGER)),
    );
    const isNear = model.value('Less', [distance, reach]);
    // The distances give the shape where all are near enough.
    const visible = model.value('And', [this.#isToken, isNear]);
    const bias = model.value('Where', [visible, 'seen', 'hidden']);
    this.#biases.set(window, bias);
    return bias;
  }
}
