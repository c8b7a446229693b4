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

/** One row on one line. */
export function rowLine(row: Row): string {
  if (row.error !== undefined) return `${row.id}: FAILED, ${row.error}`;
  const against =
    row.peer === null ? '' : ` against ${number(row.peer)} (${row.peerName}): ${times(row.ratio)}`;
  const range = row.spread === undefined ? '' : ` [${number(row.spread[0])} … ${number(row.spread[1])}]`;
  const roof =
    row.roofline === undefined
      ? ''
      : `; ${number(row.roofline.gflopsPerSecond)} GFLOP/s, ${number(100 * row.roofline.share)} % of the ${row.roofline.bound} roof`;
  const check = row.check === undefined || row.check.ok ? '' : `; CHECK FAILED: ${row.check.what}`;
  return `${row.id}: ${number(row.ours)} ${row.unit}${against}${range}${roof}${check}`;
}

/** False for rows that could not be measured or whose results disagree. */
export function isSound(row: Row): boolean {
  return row.error === undefined && (row.check === undefined || row.check.ok);
}

function cells(row: Row): string[] {
  if (row.error !== undefined)
    return [`\`${row.id}\``, row.what, '', '', '', '', '', `not measured: ${oneLine(row.error)}`];
  const ratio = (pair: Pair | undefined) => (pair === undefined ? '' : times(pair.ratio));
  const wall = row.wall === undefined ? '' : `${number(row.wall.ours)} / ${number(row.wall.peer)}`;
  const check =
    row.check === undefined ? '' : row.check.ok ? 'agree' : `**differ**: ${oneLine(row.check.what)}`;
  return [
    `\`${row.id}\``,
    oneLine(row.note === undefined ? row.what : `${row.what} (${row.note})`),
    `${number(row.ours)} ${row.unit}`,
    row.peer === null ? '' : `${number(row.peer)}`,
    row.ratio === null ? '' : `**${times(row.ratio)}**`,
    wall,
    ratio(row.wall),
    check,
  ];
}

const oneLine = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (items: readonly string[]) => `| ${items.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}

/** The part of `docs/benchmarks.md` that a run writes. */
export function reportMarkdown(report: Report): string {
  const { device, date, runtime, arch, machine, rows } = report;
  const roofs = rows.filter(({ roofline }) => roofline !== undefined);
  return [
    `Device: ${device}. Date: ${date.slice(0, 10)}. Runtime: ${runtime}. Architecture: ${arch}. ${machine}`,
    '',
    ...table(
      ['row', 'what', 'ours', 'peer', 'ours is better by', 'wall ms, ours / peer', 'by wall', 'results'],
      rows.map(cells),
    ),
    ...(roofs.length === 0 ? [] : ['', ...rooflineTable(roofs)]),
  ].join('\n');
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
