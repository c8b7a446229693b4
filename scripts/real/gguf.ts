/** Log-probs, loss and gradients on real weights against float64, with PyTorch's own float32 beside. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { WeightFormat } from '../../src/settings/choices';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { verifyModel } from '../../src/run/verify';
import type { Log } from '../setup/system';
import { type Gaps, gapsOf, readExpected, readResult } from './compare';
import { MODEL_TITLES, type RealModel, type Referees, refereeScript, runPython } from './referees';
import { atMost, number, type Row } from './report';

/** How much further from float64 than PyTorch in float32 a result may be. */
export const FACTOR = 2;
/** Below this a distance is rounding of the single number that is compared, and PyTorch's own is luck. */
export const LOSS_FLOOR = 1e-5;

/** PyTorch's distances in `torch.json`. */
export interface TorchGaps {
  readonly logprob: number;
  readonly logprob_mean: number;
  readonly loss: number;
  readonly gradient: number;
  readonly gradient_worst: number;
  readonly gradients: Readonly<Record<string, number>>;
}

export async function ggufRows(
  webgpu: GPU,
  referees: Referees,
  models: readonly RealModel[],
  log: Log,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const model of models) {
    const folder = caseFolder(referees, model, log);
    const gaps = await verifiedGaps(webgpu, referees.models[model], folder, 'f32');
    const torch = (JSON.parse(readFileSync(join(folder, 'torch.json'), 'utf8')) as { float32: TorchGaps })
      .float32;
    rows.push(...exactnessRows(model, gaps, torch));
  }
  return rows;
}

export function exactnessRows(model: RealModel, gaps: Gaps, torch: TorchGaps): Row[] {
  const part = MODEL_TITLES[model];
  const against = (what: string, found: number, theirs: number, floor = 0) =>
    atMost({ part, what }, found, Math.max(FACTOR * theirs, floor), `PyTorch ${number(theirs)}`);
  const ratios = [...gaps.gradients].map(
    ([name, gap]) => [name, gap / (torch.gradients[name] ?? 0)] as const,
  );
  const [name, most] = ratios.reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0] as const);
  return [
    against('log-probs, largest gap', gaps.logprob, torch.logprob),
    against('log-probs, mean gap', gaps.logprobMean, torch.logprob_mean),
    against('loss, relative', gaps.loss, torch.loss, LOSS_FLOOR),
    against('all gradients, relative', gaps.gradient, torch.gradient),
    against('worst gradient tensor, relative', gaps.gradientWorst, torch.gradient_worst),
    atMost({ part, what: `most of any tensor by PyTorch's for it (${shortName(name)})` }, most, FACTOR),
  ];
}

const shortName = (name: string): string =>
  name.replace(/^base_model\.model\.model\.layers\./, '').replace(/\.weight$/, '');

/** The case of a model, made by the referees once for a state of their scripts. */
export function caseFolder(referees: Referees, model: RealModel, log: Log): string {
  const state = createHash('sha256');
  for (const script of ['case', 'models']) state.update(readFileSync(refereeScript(script)));
  const name = `case-${model}-${state.digest('hex').slice(0, 12)}`;
  const folder = join(referees.cache, name);
  if (existsSync(folder)) return folder;
  log(`referees: a case of ${MODEL_TITLES[model]} in float64, some minutes; kept in ${folder}`);
  mkdirSync(referees.cache, { recursive: true });
  const made = `${folder}.part`;
  rmSync(made, { recursive: true, force: true });
  runPython(referees.python, [refereeScript('case'), referees.models[model], made], log);
  renameSync(made, folder);
  return folder;
}

/** What `npm run verify` computes for a case, against it. */
export async function verifiedGaps(
  webgpu: GPU,
  model: string,
  folder: string,
  baseWeights: WeightFormat,
): Promise<Gaps> {
  const files = caseFiles(folder);
  const out = await verifyModel(webgpu, { model: await openModelFilesNode(model, ''), files, baseWeights });
  return gapsOf(readResult(out), readExpected(folder));
}

/** A case as `verify` takes it. */
export function caseFiles(folder: string): Map<string, Uint8Array> {
  const adapter = join(folder, 'adapter');
  const files = new Map(
    readdirSync(adapter).map((name) => [
      `adapter/${name}`,
      new Uint8Array(readFileSync(join(adapter, name))),
    ]),
  );
  return files.set('batch.json', new Uint8Array(readFileSync(join(folder, 'batch.json'))));
}
