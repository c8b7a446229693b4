/** Rows as lines of the console and as the tables of `docs/benchmarks.md`. */
import type { Pair, Report, Row } from './types';

/** Three significant digits, without exponents for what people read as plain numbers. */
export function number(value: number | null): string {
  if (value === null) return '–';
  if (!Number.isFinite(value)) return '?';
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size >= 0.1 || size === 0 ? value.toFixed(2) : value.toPrecision(2);
}

const times = (ratio: number | null) => (ratio === null ? '' : `${number(ratio)}x`);

function range({ spread }: Row): string {
  return spread === undefined ? '' : ` [${number(spread[0])} … ${number(spread[1])}]`;
}

/** For instance `not reached: 3.10x of 5x`; empty without a goal. */
export function goalText({ goal, ours, ratio, unit }: Row): string {
  if (goal === undefined) return '';
  const { of, at, bound, met } = goal;
  const round = Number(bound.toPrecision(3));
  const words = of === 'ratio' ? `${round}x` : `at ${at} ${round} ${unit}`;
  if (met) return `reached: ${words}`;
  return `not reached: ${of === 'ratio' ? times(ratio) || '?' : number(ours)} of ${words}`;
}

/** One row on one line. */
export function rowLine(row: Row): string {
  if (row.error !== undefined) return `${row.id}: FAILED, ${row.error}`;
  const against =
    row.peer === null ? '' : ` against ${number(row.peer)} (${row.peerName}): ${times(row.ratio)}`;
  const roof =
    row.roofline === undefined
      ? ''
      : `; ${number(row.roofline.gflopsPerSecond)} GFLOP/s, ${number(100 * row.roofline.share)} % of the ${row.roofline.bound} roof`;
  const goal = row.goal === undefined ? '' : `; goal ${goalText(row)}`;
  const check = row.check === undefined || row.check.ok ? '' : `; CHECK FAILED: ${row.check.what}`;
  const longest = row.programs === undefined ? '' : `: ${shares(row).slice(0, 3).join(', ')}`;
  return `${row.id}: ${number(row.ours)} ${row.unit}${against}${range(row)}${roof}${longest}${goal}${check}`;
}

/** False for rows that could not be measured or whose results disagree. */
export function isSound(row: Row): boolean {
  return row.error === undefined && (row.check === undefined || row.check.ok);
}

const COLUMNS = [
  ...['row', 'what', 'ours', 'peer', 'better by', 'goal', 'wall ms, ours / peer', 'by wall'],
  ...['of the roof', 'results', 'note'],
] as const;

function cells(row: Row): Record<(typeof COLUMNS)[number], string> {
  const { error, check, wall, roofline: roof } = row;
  const sides = ({ ours, peer }: Pair) =>
    peer === null ? number(ours) : `${number(ours)} / ${number(peer)}`;
  return {
    row: `\`${row.id}\``,
    what: oneLine(row.what),
    ours: error === undefined ? `${number(row.ours)} ${row.unit}` : '',
    peer: row.peer === null ? '' : `${number(row.peer)} (${row.peerName})`,
    'better by': row.ratio === null ? '' : `**${times(row.ratio)}**${range(row)}`,
    goal: goalText(row),
    'wall ms, ours / peer': wall === undefined ? '' : sides(wall),
    'by wall': wall === undefined ? '' : times(wall.ratio),
    'of the roof': roof === undefined ? '' : `${number(100 * roof.share)} % of ${roof.bound}`,
    results: check === undefined ? '' : check.ok ? 'agree' : `**differ**: ${oneLine(check.what)}`,
    note: oneLine(error === undefined ? (row.note ?? '') : `not measured: ${error}`),
  };
}

const oneLine = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (items: readonly string[]) => `| ${items.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}

/** The part of `docs/benchmarks.md` that a run writes. Columns that no row fills are left out. */
export function reportMarkdown(report: Report): string {
  const { device, runtime, arch, machine, rows } = report;
  const roofs = rows.filter(({ roofline }) => roofline !== undefined);
  const profiles = rows.filter(({ programs }) => programs !== undefined);
  const filled = rows.filter((row) => !profiles.includes(row)).map(cells);
  const columns = COLUMNS.filter((name) => filled.some((row) => row[name] !== ''));
  return [
    `Device: ${device}. ${dates(report)} Runtime: ${runtime}. Architecture: ${arch}. ${machine}`,
    '',
    ...table(
      columns,
      filled.map((row) => columns.map((name) => row[name])),
    ),
    ...(roofs.length === 0 ? [] : ['', ...rooflineTable(roofs)]),
    ...(profiles.length === 0 ? [] : ['', ...profileTable(profiles)]),
  ].join('\n');
}

/** First and last day on which rows were measured. */
function dates({ date, rows }: Report): string {
  const days = rows.map((row) => (row.date ?? date).slice(0, 10)).sort();
  const [first = date.slice(0, 10), last = first] = [days[0], days.at(-1)];
  return first === last ? `Date: ${first}.` : `Dates: ${first} to ${last}.`;
}

function rooflineTable(rows: readonly Row[]): string[] {
  const seen = new Set<string>();
  const body: string[][] = [];
  for (const { id, roofline: roof } of rows) {
    const kernel = id.startsWith('matmul/') ? id.slice(0, id.lastIndexOf('/')) : id;
    if (roof === undefined || seen.has(kernel)) continue;
    seen.add(kernel);
    body.push([
      `\`${kernel}\``,
      number(roof.flops / 1e6),
      number(roof.bytes / 2 ** 20),
      number(roof.gflopsPerSecond),
      number(roof.gbytesPerSecond),
      `${number(100 * roof.share)} % of ${roof.bound}`,
    ]);
  }
  return table(['kernel', 'MFLOP', 'MiB moved at least', 'GFLOP/s', 'GB/s', 'of the roof'], body);
}

/** Programs named in a profile. */
const NAMED = 10;

/** For instance `matmul-nn 35.0 % in 17`, the longest first. */
function shares({ ours, programs = [] }: Row): string[] {
  return programs
    .slice(0, NAMED)
    .map(
      ({ program, dispatches, milliseconds }) =>
        `${program} ${((100 * milliseconds) / ours).toFixed(1)} % in ${dispatches}`,
    );
}

function profileTable(rows: readonly Row[]): string[] {
  const body = rows.map((row) => [
    ...[`\`${row.id}\``, oneLine(row.what), number(row.ours)],
    shares(row).join(', '),
  ]);
  return table(['profile', 'what', 'ms', 'programs with their share and their dispatches'], body);
}
