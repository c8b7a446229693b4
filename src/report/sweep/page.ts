/** The report of a sweep as one HTML file that needs nothing beside it. A function of the data alone. */
import { conclusion as words, verdictWords } from '../conclusion-words';
import { count, english, NONE, number, percent } from '../format';
import { escape } from '../plot/svg';
import { SMOOTHING } from '../series';
import { spreadOf, standardError } from '../spread';
import { mean } from '../../statistics';
import { MOST_BANDS, sweepCharts } from './charts';
import { rank, type Ranked, type Ranking } from './ranking';
import type { SweepData, SweepRun, SweepStep } from './types';

const { fixed, list } = english;

export function sweepPage(data: SweepData): string {
  const ranking = rank(data);
  const title = `Sweep of ${list(data.axes.map(({ key }) => key)) || 'seeds'}`;
  const body = [
    `<h1>${escape(title)}</h1>`,
    paragraph(opening(data)),
    ...unfinished(data),
    '<h2>Conclusion</h2>',
    ...conclusionOf(data, ranking),
    '<h2>Combinations</h2>',
    ...cellTable(data, ranking),
    '<h2>Curves</h2>',
    ...curves(data, ranking),
    '<h2>Run by run</h2>',
    ...runTable(data),
    '<h2>How this was made</h2>',
    ...facts(data),
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...body,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function opening({ axes, cells, seeds, facts: { environment, model, dataset, steps } }: SweepData): string {
  const swept = axes.map(({ label, key }) => `${label} (${key})`);
  return (
    `${count(cells.length, 'combination')}${swept.length === 0 ? '' : ` of ${list(swept)}`}, each under ` +
    `${count(seeds.length, 'seed')} (${seeds.join(', ')}): ${count(steps, 'step')} of GRPO on ${environment}, dataset ${dataset}, ` +
    `model ${model}. Runs of one seed start from the same answers to the same questions.`
  );
}

function unfinished({ cells, seeds, runs }: SweepData): string[] {
  const done = runs.filter(({ finished }) => finished).length;
  const all = cells.length * seeds.length;
  if (done === all) return [];
  return [
    paragraph(
      `Not finished: ${done} of ${count(all, 'run')} have come to their end. What follows is of what is there.`,
    ),
  ];
}

function conclusionOf({ cells }: SweepData, { judge, cells: ranked, conclusions }: Ranking): string[] {
  const [best] = ranked;
  if (best === undefined || best.accuracy === null)
    return [paragraph('No run was evaluated, so nothing can be said about which is better.')];
  const name = (cell: number): string => cells[cell]?.name ?? '';
  const on =
    judge === 'test' ? 'test questions, after the last step' : 'validation questions, in the last evaluation';
  const first = paragraph(`Most right answers: ${name(best.cell)}, ${percent(best.accuracy, 1)} on ${on}.`);
  if (conclusions.length === 0) return [first];
  const lines = conclusions.map(({ cell, conclusion }) => {
    const limits = conclusion.limits.flatMap((limit) => {
      switch (limit.kind) {
        case 'one-seed':
          return [`${words.cannotSay} ${words.limit['one-seed']}`];
        case 'few-questions':
          return [words.limit['few-questions'](limit.questions, fixed(100 * limit.margin, 0))];
        case 'unequal-steps':
          return [words.limit['unequal-steps']([name(best.cell), name(cell)], limit.steps)];
        case 'seeds-disagree':
          return [words.limit['seeds-disagree']([name(best.cell), name(cell)], limit.ahead, limit.behind)];
      }
    });
    const verdict = verdictWords([name(best.cell), name(cell)], conclusion, words, fixed);
    return `<li><b>${escape(verdict)}</b> ${escape(limits.join(' '))}</li>`;
  });
  const told = conclusions.filter(({ conclusion }) => conclusion.verdict !== 'cannot-tell').length;
  return [
    first,
    `<ul>\n${lines.join('\n')}\n</ul>`,
    paragraph(
      `An order is claimed in ${told} of ${count(conclusions.length, 'comparison')}, each at 95 % by itself. The first was chosen because it is ` +
        'first, which flatters it: of many equal combinations one always looks best. Where the choice matters, run it again ' +
        'under other seeds.',
    ),
  ];
}

function cellTable({ axes, cells }: SweepData, { judge, cells: ranked }: Ranking): string[] {
  const rows = ranked.map(({ cell, runs }) => [
    ...(cells[cell]?.values ?? []),
    ...(axes.length === 0 ? [cells[cell]?.name ?? ''] : []),
    String(runs.length),
    spread(runs, (run) => validationAt(run, (step) => step === 0), share),
    spread(runs, lastValidation, share),
    spread(runs, ({ test }) => test && test.sampledRight / test.questions, share),
    spread(runs, ({ test }) => test && test.greedyRight / test.questions, share),
    spread(runs, (run) => lastSteps(run, (s) => s.rewardMean), number),
    spread(runs, (run) => lastSteps(run, (s) => s.kl), number),
    spread(runs, (run) => lastSteps(run, (s) => s.entropy), number),
  ]);
  const head = [
    ...(axes.length === 0 ? ['combination'] : axes.map(({ key }) => key)),
    ...['runs', 'validation at the start', 'validation at the end', 'test, sampled', 'test, greedy'],
    ...['reward', 'KL (nats)', 'entropy (nats)'],
  ];
  return [
    paragraph(
      `Best first, by ${judge === 'test' ? 'sampled answers to test questions' : 'the last evaluation'}. Means over seeds, in brackets the lowest and the ` +
        `highest; reward, KL and entropy over the last ${SMOOTHING} steps. ${NONE}: not measured.`,
    ),
    table(head, rows, Math.max(1, axes.length)),
  ];
}

function curves(data: SweepData, { cells }: Ranking): string[] {
  const shown: readonly Ranked[] = cells.slice(0, MOST_BANDS);
  const left = cells.length - shown.length;
  return [
    paragraph(
      `Line: mean of the seeds; band: from the lowest to the highest. Values of steps are means of the last ${SMOOTHING}.` +
        (left > 0 ? ` Shown are the best ${MOST_BANDS}; ${left} more are in the table.` : ''),
    ),
    ...sweepCharts(data, shown).map((svg) => {
      const about = /<desc[^>]*>([^<]*)</.exec(svg)?.[1] ?? '';
      return `<img alt="${about}" src="data:image/svg+xml;base64,${btoa(latin(svg))}">`;
    }),
  ];
}

/** UTF-8 as one character a byte, as `btoa` takes it. */
function latin(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

function runTable({ cells, runs }: SweepData): string[] {
  const rows = runs.map((run) => [
    cells[run.cell]?.name ?? '',
    String(run.seed),
    String(run.steps.at(-1)?.step ?? 0) + (run.finished ? '' : ' (not finished)'),
    share(lastValidation(run)),
    run.test === null ? NONE : counted(run.test.sampledRight, run.test.questions),
    run.test === null ? NONE : counted(run.test.greedyRight, run.test.questions),
  ]);
  return [
    table(
      ['combination', 'seed', 'steps', 'validation at the end', 'test, sampled', 'test, greedy'],
      rows,
      1,
    ),
  ];
}

function facts({ facts: { changed, devices, command } }: SweepData): string[] {
  const settings = Object.entries(changed).map(
    ([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : String(value)}`,
  );
  return [
    `<p>Made by <code>${escape(command)}</code> on ${escape(list(devices)) || 'a device that was not recorded'}.</p>`,
    paragraph(
      settings.length === 0
        ? 'All other settings have their defaults.'
        : `Beside what was swept, these settings differ from the defaults: ${settings.join(', ')}.`,
    ),
    paragraph(
      'The numbers are in data.json beside this page. Times are left out: they say more of the machines than of the settings.',
    ),
  ];
}

const share = (value: number | null): string => percent(value, 1);

/** `84.3 % ± 3.6 % (91 of 108)`, with one standard error. */
function counted(right: number, questions: number): string {
  const value = right / questions;
  return `${share(value)} ± ${share(standardError(value, questions))} (${right} of ${questions})`;
}

function validationAt({ evaluations }: SweepRun, isWanted: (step: number) => boolean): number | null {
  const found = evaluations.findLast(({ split, step }) => split === 'validation' && isWanted(step));
  return found === undefined || found.questions === 0 ? null : found.correctAnswers / found.questions;
}

const lastValidation = (run: SweepRun): number | null => validationAt(run, (step) => step > 0);

function lastSteps({ steps }: SweepRun, of: (step: SweepStep) => number | null): number | null {
  const values = steps.slice(-SMOOTHING).flatMap((step) => of(step) ?? []);
  return values.length === 0 ? null : mean(values);
}

function spread(
  runs: readonly SweepRun[],
  of: (run: SweepRun) => number | null,
  format: (value: number) => string,
): string {
  const found = spreadOf(runs.map(of));
  if (found === null) return NONE;
  const [middle, low, high] = [format(found.mean), format(found.min), format(found.max)];
  return low === high ? middle : `${middle} (${low} to ${high})`;
}

const paragraph = (text: string): string => `<p>${escape(text)}</p>`;

/** @param named columns from the left that say what a row is of */
function table(head: readonly string[], rows: readonly (readonly string[])[], named: number): string {
  const line = (cells: readonly string[], tag: (i: number) => string): string =>
    `<tr>${cells.map((cell, i) => `<${tag(i)}>${escape(cell)}</${tag(i).split(' ')[0]}>`).join('')}</tr>`;
  return [
    '<div class="wide"><table>',
    `<thead>${line(head, () => 'th scope="col"')}</thead>`,
    '<tbody>',
    ...rows.map((cells) => line(cells, (i) => (i < named ? 'th scope="row"' : 'td'))),
    '</tbody>',
    '</table></div>',
  ].join('\n');
}

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:60rem;margin:0 auto;padding:1.5rem}' +
  'h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}' +
  'th,td{padding:.35rem .7rem;text-align:left;border-bottom:1px solid #8886;font-variant-numeric:tabular-nums}' +
  'th[scope=row]{font-weight:600}img{max-width:100%;height:auto;margin:.5rem 0}code{overflow-wrap:anywhere}';
