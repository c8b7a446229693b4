/**
 * `npx tsx scripts/pretrain/curve.ts --engine LOG --torch LOG [--out docs/learning]`
 *
 * Compares two logs of one warm start, of our engine and of PyTorch, both with a line per step, and writes
 * `pretrain-curve.json` and `pretrain-curve.svg`: the loss of every step that both took. The logs come from
 *
 *     npm run pretrain -- --seed 3 --out A --logEvery 1 --stop traces:60 --episodes 0
 *     npm run pretrain -- --seed 3 --plan B
 *     python3 scripts/pretrain_torch.py --plan B --out C --log-every 1 --stop traces:60
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { linePlot, type PlotSeries } from '../../src/report/plot/plot';

export interface CurveStep {
  readonly stage: string;
  readonly step: number;
  /** Loss before the step, nats per weighted token. */
  readonly engine: number;
  readonly torch: number;
}

export interface CurveComparison {
  readonly steps: readonly CurveStep[];
  readonly largestDifference: number;
  /** Of PyTorch's loss. */
  readonly largestRelativeDifference: number;
}

/** @throws RangeError when the logs have no step in common. */
export function compareCurves(engineLog: string, torchLog: string): CurveComparison {
  const [engine, torch] = [lossesOf(engineLog), lossesOf(torchLog)];
  const steps = [...engine].flatMap(([key, one]) => {
    const other = torch.get(key);
    return other === undefined
      ? []
      : [{ stage: one.stage, step: one.step, engine: one.loss, torch: other.loss }];
  });
  if (steps.length === 0) throw new RangeError('The two logs have no step in common.');
  const differences = steps.map((step) => Math.abs(step.engine - step.torch));
  return {
    steps,
    largestDifference: Math.max(...differences),
    largestRelativeDifference: Math.max(...steps.map(({ torch }, i) => (differences[i] as number) / torch)),
  };
}

interface LossLine {
  readonly stage: string;
  readonly step: number;
  readonly loss: number;
}

/** Lines with a loss, by stage and step; lines of evaluations have none. */
function lossesOf(log: string): Map<string, LossLine> {
  const lines = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Partial<LossLine>);
  return new Map(
    lines.flatMap(({ stage, step, loss }) =>
      stage === undefined || step === undefined || typeof loss !== 'number'
        ? []
        : [[`${stage} ${step}`, { stage, step, loss }]],
    ),
  );
}

function plot({ steps, largestRelativeDifference }: CurveComparison): string | null {
  const x = steps.map((_, i) => i + 1);
  const series = (label: string, colour: PlotSeries['colour'], of: (step: CurveStep) => number) => {
    const mean = steps.map(of);
    return { label, colour, band: { x, mean, min: mean, max: mean } };
  };
  return linePlot({
    title: `Warm start: loss in PyTorch and here, largest difference ${(100 * largestRelativeDifference).toPrecision(2)} %`,
    xLabel: `steps: ${[...new Set(steps.map(({ stage }) => stage))].join(', then ')}`,
    yLabel: 'loss, nats per weighted token',
    series: [
      series('PyTorch', 'rollout', ({ torch }) => torch),
      series('MailGym', 'masked', ({ engine }) => engine),
    ],
    range: [0, 0],
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string' },
      torch: { type: 'string' },
      out: { type: 'string', default: 'docs/learning' },
    },
  });
  const { engine, torch, out } = values;
  if (engine === undefined || torch === undefined) throw new Error('Name --engine LOG and --torch LOG.');
  const comparison = compareCurves(readFileSync(engine, 'utf8'), readFileSync(torch, 'utf8'));
  const { steps, ...numbers } = comparison;
  const rows = steps.map((step) => `    ${JSON.stringify(step)}`).join(',\n');
  const head = JSON.stringify({ unit: 'nats per weighted token', ...numbers }, null, 2).slice(0, -2);
  writeFileSync(join(out, 'pretrain-curve.json'), `${head},\n  "steps": [\n${rows}\n  ]\n}\n`);
  const svg = plot(comparison);
  if (svg !== null) writeFileSync(join(out, 'pretrain-curve.svg'), svg);
  console.log(
    `${steps.length} steps in common. Largest difference of the loss: ${numbers.largestDifference} nats, ` +
      `${numbers.largestRelativeDifference} of PyTorch's.`,
  );
}
