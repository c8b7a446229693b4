/** What smaller forms of the weights do to trained models: each form's distance from float64 with the file's own numbers. */
import { WEIGHT_FORMATS, type WeightFormat } from '../../src/settings/choices';
import type { Log } from '../setup/system';
import { caseFolder, verifiedGaps } from './gguf';
import { MODEL_TITLES, type RealModel, type Referees } from './referees';
import { atMost, number, type Row } from './report';

interface FormBounds {
  readonly logprobMean: number;
  readonly loss: number;
  /** The angle's cosine between all gradients and the true ones, and how far the ratio of their norms may be from 1. */
  readonly cosine: number;
  readonly ratio: number;
}

/** See docs/exactness.md. What a form is documented to keep, with room for another case of the same kind. */
export const FORM_BOUNDS: Readonly<Record<Exclude<WeightFormat, 'f32'>, FormBounds>> = {
  f16: { logprobMean: 2e-3, loss: 5e-3, cosine: 0.9999, ratio: 0.005 },
  int8: { logprobMean: 0.05, loss: 0.05, cosine: 0.99, ratio: 0.05 },
  int4: { logprobMean: 0.6, loss: 0.5, cosine: 0.6, ratio: 0.5 },
};

export async function weightsRows(
  webgpu: GPU,
  referees: Referees,
  models: readonly RealModel[],
  log: Log,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const model of models) {
    const folder = caseFolder(referees, model, log);
    for (const form of WEIGHT_FORMATS) {
      if (form === 'f32') continue;
      const gaps = await verifiedGaps(webgpu, referees.models[model], folder, form);
      const bounds = FORM_BOUNDS[form];
      const names = (what: string) => ({ part: `${MODEL_TITLES[model]}, ${form}`, what });
      rows.push(
        atMost(
          names('log-probs, mean gap'),
          gaps.logprobMean,
          bounds.logprobMean,
          `largest ${number(gaps.logprob)}`,
        ),
        atMost(names('loss, relative'), gaps.loss, bounds.loss),
        atMost(names('1 − cosine of gradients'), 1 - gaps.cosine, 1 - bounds.cosine),
        atMost(names('|norm ratio of gradients − 1|'), Math.abs(gaps.ratio - 1), bounds.ratio),
      );
    }
  }
  return rows;
}
