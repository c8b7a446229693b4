/** `docs/metrics.md`, written from the tables of metrics. */
import type { EnvironmentInfo } from '../env/types';
import { EVALUATION_METRICS, REPORT_METRICS } from './evaluation-metrics';
import type { MetricEntry, Unit } from './metric-info';
import { STEP_METRICS, WARM_START_METRICS } from './metrics';

type DocumentedEnvironment = Pick<EnvironmentInfo, 'id' | 'title' | 'metrics' | 'rewards'>;

const INTRODUCTION = `# Metrics and logs

Written by \`npm run docs:metrics\` from the tables in \`src/report\` and \`src/env\`; do not edit. What a run writes, and what each
number means. The types are \`StepMetrics\` and \`EvalSummary\` in [\`src/grpo/types.ts\`](../src/grpo/types.ts). Log-probs, KL and
entropy are in nats.

## \`metrics.jsonl\`: one line per step

\`null\` means "not measured in this step". Fields marked _clock_ depend on the machine; all others depend on the
settings, the data and the seed only, so two runs with one seed on one device agree in them.

With \`dynamicSampling\` a step may ask more than its \`batchSize\` questions. Fields about **behaviour** (rewards,
\`accuracy\`, \`meanLevel\`, turns, calls, cut rollouts, the environment's own) are of the step's own \`batchSize\` groups alone:
further ones are asked until groups have spread, and a mean over all of them would lean towards what makes that happen. Fields
about **work** (groups, tokens, seconds) count everything that was computed, dropped groups included. So the former compare
with a run without dynamic sampling, and the latter show what it costs.`;

const WARM_START = `## \`warm_start.jsonl\`: one line per supervised step

Only of a run that begins with a warm start.`;

const AFTER_STEPS = `## Notes

"Scorable" leaves out rollouts whose reward could not be computed, as when a judge failed.

Two warnings appear in the log after three steps in a row: no group was kept, or nine tenths of the rollouts were cut.
Both name the likely cause.

Each environment adds what is listed below under its name: its own metrics, and under \`rewards/<part>\` the mean of each part
of the reward over the rollouts to which it applies, before its weight.

## The console

\`\`\`
Step 1/2 | Loss -0.0617 | Policy -0.0617 | KL 0.0000 | Reward -0.692 | Acc 0.0% | Trainable tokens: 94/499 (18.8%)
\`\`\`

\`n/a\` stands for \`null\`. With \`--verbose\` a line per group and per rollout follows: reward, advantage, the tools called,
how it ended, the answer. Evaluations print a block between two rules.

## \`eval_logs/\`

\`baseline_eval_<date>_<time>.json\` (untouched model, before step 1) and \`eval_step_<4 digits>.json\`. An evaluation asks
the first \`evalDatasetSize\` validation questions, once each, at \`evalTemperature\`. Every file holds \`summary\` with the fields
of the next table; the same under the names of the original Python system (\`avg_reward\`, \`beat_rate\`, …), with \`step\` −1 for
the baseline and \`control_reward_map\`, its reward by question id; what the environment adds to a log; \`metrics\`, the means of
its metrics; and \`rows\`: per question id, text, right answer, given answer, verdict, reward, turns, end.`;

const REPORT = `## \`npm run evaluate\`

Asks a split with \`evalTries\` sampled tries at each question and one greedy try, and prints both accuracies with their
intervals. \`--json FILE\` writes an \`EvaluationReport\` ([\`src/run/types.ts\`](../src/run/types.ts)): split, both accuracies, mean
reward, metrics and parts of the reward (sampled), both summaries, what follows here, and in \`perQuestion\` one row per question
with the turns of both answers. With one try, \`passAtK\` and \`agreement\` are not there; with several the first is the one that
a single try makes, it stands in the row, and \`tries\` has all with their turns.`;

const END = `## \`metadata.json\`

Lies in every adapter folder: step, mode, model, dataset, accuracy at that step, best so far, hashes of the training and
validation questions, ids of the validation questions, the step's metrics, all settings.`;

/** The whole file, ending in a newline. */
export function metricsMarkdown(environments: readonly DocumentedEnvironment[]): string {
  const parts = [
    INTRODUCTION,
    metricTable(STEP_METRICS),
    WARM_START,
    metricTable(WARM_START_METRICS),
    AFTER_STEPS,
    metricTable(EVALUATION_METRICS),
    REPORT,
    metricTable(REPORT_METRICS),
    ...environments.flatMap(environmentParts),
    END,
  ];
  return `${parts.join('\n\n')}\n`;
}

function metricTable(table: Readonly<Record<string, MetricEntry>>): string {
  return tableOf(
    ['field', 'name', 'unit', 'meaning'],
    Object.entries(table).map(([name, { label, unit, caption, reading, clock }]) => [
      `\`${name}\`${clock ? ' _clock_' : ''}`,
      label,
      unitText(unit),
      reading === undefined ? caption : `${caption} ${reading}`,
    ]),
  );
}

function environmentParts({ id, title, metrics, rewards }: DocumentedEnvironment): string[] {
  return [
    `## Environment ${id}: ${title}`,
    tableOf(
      ['metric of an episode', 'name', 'unit', 'in steps as', 'meaning'],
      Object.entries(metrics).map(([name, { label, unit, inSteps, description }]) => [
        `\`${name}\``,
        label,
        unitText(unit),
        inSteps === undefined ? '' : `\`${inSteps}\``,
        description,
      ]),
    ),
    tableOf(
      ['part of the reward', 'in steps as', 'name'],
      Object.entries(rewards).map(([part, { label }]) => [`\`${part}\``, `\`rewards/${part}\``, label]),
    ),
  ];
}

/** `whole` tells only how a count is written. */
function unitText(unit: Unit): string {
  if (unit === 'none' || unit === 'reward') return '';
  return unit === 'whole' ? 'count' : unit;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll(/[|<]/g, '\\$&')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
