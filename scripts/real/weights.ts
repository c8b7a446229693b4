/** What packed weights cost on trained models, on real ones; see docs/exactness.md. */
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { verifyModel } from '../../src/run/verify';
import { WEIGHT_FORMATS, type WeightFormat } from '../../src/settings/choices';
import type { Log } from '../setup/system';
import { gapsOf, readExpected, readResult } from './compare';
import { caseFiles, caseFolder } from './gguf';
import { MODEL_TITLES, type RealModel, type Referees } from './referees';
import { atMost, number, type Row } from './report';

/** Bounds of a form; each is a distance, 0 for f32. */
export interface FormBounds {
  /** Mean gap of log-probs from float64, nats. */
  readonly logprobMean: number;
  /** 1 − cosine between its gradients and f32's, each of its own policy's batch. */
  readonly cosine: number;
  /** How far the norm of its gradients is from f32's, relative. */
  readonly ratio: number;
}

type Form = Exclude<WeightFormat, 'f32'>;

/** See docs/exactness.md. What a form is documented to keep, with room for another case of the same kind. */
export const FORM_BOUNDS: Readonly<Record<Form, FormBounds>> = {
  f16: { logprobMean: 2e-3, cosine: 1e-4, ratio: 0.005 },
  int8: { logprobMean: 0.05, cosine: 0.01, ratio: 0.05 },
  int4: { logprobMean: 0.7, cosine: 0.5, ratio: 0.5 },
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
    const expected = readExpected(folder);
    const path = referees.models[model];
    const exact = await ownPolicyPass(webgpu, path, folder, 'f32');
    for (const form of WEIGHT_FORMATS) {
      if (form === 'f32') continue;
      const own = await ownPolicyPass(webgpu, path, folder, form);
      const { logprob, logprobMean } = gapsOf(own, expected);
      const { cosine, ratio } = gapsOf(own, { expected: exact.result, gradients: exact.gradients });
      const bounds = FORM_BOUNDS[form];
      const names = (what: string) => ({ part: `${MODEL_TITLES[model]}, ${form}`, what });
      rows.push(
        atMost(names('log-probs, mean gap'), logprobMean, bounds.logprobMean, `largest ${number(logprob)}`),
        atMost(names('1 − cosine of gradients'), 1 - cosine, bounds.cosine),
        atMost(names('|norm ratio of gradients − 1|'), Math.abs(ratio - 1), bounds.ratio),
      );
    }
  }
  return rows;
}

/**
 * A case as training meets it: its old log-probs are those of the policy that is trained, in the same form. Old ones of
 * another form would make ratios of exp(gap), which clip, and what is measured would be that.
 */
async function ownPolicyPass(
  webgpu: GPU,
  model: string,
  folder: string,
  baseWeights: WeightFormat,
): Promise<ReturnType<typeof readResult>> {
  const files = caseFiles(folder);
  const pass = async () =>
    readResult(await verifyModel(webgpu, { model: await openModelFilesNode(model, ''), files, baseWeights }));
  const { result } = await pass();
  const batch = JSON.parse(new TextDecoder().decode(files.get('batch.json'))) as {
    sequences: { old_logprobs: readonly number[] }[];
  };
  batch.sequences.forEach((sequence, s) => (sequence.old_logprobs = result.logprobs[s] as readonly number[]));
  files.set('batch.json', new TextEncoder().encode(JSON.stringify(batch)));
  return pass();
}
