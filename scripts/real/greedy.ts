/** Greedy texts against `transformers.generate`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import { loadModelConfig } from '../../src/engine/model/config';
import { streamWeights } from '../../src/engine/weights/stream';
import { openWeights } from '../../src/engine/weights/weight-files';
import { openDevice } from '../../src/kernels/device';
import type { Log } from '../setup/system';
import type { TokenId } from '../../src/tokens/types';
import { PROMPTS } from './prompts';
import { MODEL_TITLES, type RealModel, type Referees, refereeScript, runPython } from './referees';
import type { Row } from './report';

/** Where float64's two best logits are closer than this, either token is right. */
export const TIE = 1e-4;

export interface GreedyText {
  readonly prompt: readonly TokenId[];
  readonly greedy: readonly TokenId[];
}

export interface GreedyTexts {
  /** Tokens that end a text. */
  readonly ends: readonly TokenId[];
  readonly texts: readonly GreedyText[];
  /** By text, places where the two best logits were within 1e-3 in float32. */
  readonly ties: readonly (readonly (readonly [place: number, second: TokenId])[])[];
}

/** How many prompts, and how many tokens of each. */
export interface GreedySize {
  readonly prompts: number;
  readonly tokens: number;
}

export async function greedyRows(
  webgpu: GPU,
  referees: Referees,
  models: readonly RealModel[],
  size: GreedySize,
  log: Log,
): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mailgym-greedy-'));
  const ask = <T>(model: string, task: object): T => {
    const [from, to] = [join(folder, 'task.json'), join(folder, 'result.json')];
    writeFileSync(from, JSON.stringify(task));
    runPython(referees.python, [refereeScript('greedy'), model, from, to], log);
    return JSON.parse(readFileSync(to, 'utf8')) as T;
  };
  try {
    const rows: Row[] = [];
    for (const model of models) {
      const file = referees.models[model];
      const wanted = ask<GreedyTexts>(file, {
        prompts: PROMPTS.slice(0, size.prompts),
        tokens: size.tokens,
      });
      const found = await ownTexts(webgpu, file, wanted, size.tokens);
      const differing = differences(wanted.texts, found);
      const margins =
        differing.length === 0 ? [] : ask<Margin[]>(file, { margins: differing.map(({ prefix }) => prefix) });
      rows.push(greedyRow(model, wanted.texts, differing, margins));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where a text leaves the referee's for the first time. */
interface Difference {
  readonly text: number;
  readonly at: number;
  /** What both have before. */
  readonly prefix: readonly TokenId[];
  /** Ours; undefined where our text has ended. */
  readonly own: TokenId | undefined;
}

/** How sure float64 is of a token. */
interface Margin {
  /** Between the two best logits. */
  readonly gap: number;
  /** Tokens of the two. */
  readonly ids: readonly TokenId[];
}

export function differences(
  wanted: readonly GreedyText[],
  found: readonly (readonly TokenId[])[],
): Difference[] {
  return wanted.flatMap(({ prompt, greedy }, text) => {
    const own = found[text] ?? [];
    const at = Array.from({ length: Math.max(greedy.length, own.length) }, (_, i) => i).find(
      (i) => own[i] !== greedy[i],
    );
    return at === undefined ? [] : [{ text, at, prefix: [...prompt, ...greedy.slice(0, at)], own: own[at] }];
  });
}

function greedyRow(
  model: RealModel,
  wanted: readonly GreedyText[],
  differing: readonly Difference[],
  margins: readonly Margin[],
): Row {
  // Float64 must be all but undecided, and ours one of the two that it is undecided between.
  const wrong = differing.filter(({ own }, i) => {
    const { gap = Infinity, ids = [] } = margins[i] ?? {};
    return !(gap < TIE && own !== undefined && ids.includes(own));
  });
  const tokens = wanted.reduce((sum, { greedy }) => sum + greedy.length, 0);
  const places = differing.map(
    ({ text, at }, i) => `${text + 1} at ${at} (${(margins[i]?.gap ?? NaN).toExponential(1)})`,
  );
  return {
    part: MODEL_TITLES[model],
    what: `greedy texts equal to transformers.generate, of ${wanted.length} (${tokens} tokens)`,
    found: `${wanted.length - differing.length}`,
    beside: places.length === 0 ? '' : `differ: ${places.join(', ')}`,
    bound: `or two best within ${TIE}`,
    isMet: wrong.length === 0,
  };
}

/** The texts that the engine writes for the same prompts. */
export async function ownTexts(
  webgpu: GPU,
  model: string,
  { texts, ends }: GreedyTexts,
  tokens: number,
): Promise<(readonly TokenId[])[]> {
  const files = await openModelFilesNode(model, '');
  const config = await loadModelConfig(files);
  const store = await openWeights(files);
  const { gpu } = await openDevice(webgpu);
  try {
    const weights = await streamWeights(gpu, config, store, 'f32');
    const policy = new GpuPolicy(gpu, config, weights, { kind: 'none' });
    const sampled = await policy.sample(
      texts.map(({ prompt }, rollout) => ({ key: { step: 0, group: 0, rollout }, promptIds: prompt })),
      {
        params: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
        stopIds: ends,
        maxTurnTokens: tokens,
        maxSeqLength: Math.max(...texts.map(({ prompt }) => prompt.length)) + tokens,
        onTurn: () => null,
      },
    );
    return sampled.map(({ ids }, i) => ids.slice(texts[i]?.prompt.length));
  } finally {
    gpu.dispose();
    gpu.device.destroy();
    await store.close();
  }
}
