/** One token's update as a picture: shapes that the page draws and a file holds alike. Pure. */
import type { TokenMove } from '../../grpo/types';
import { escaped } from '../parts/chart-file';

export type Shape =
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** CSS variable. */
      readonly fill: string;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly look: 'head' | 'plain' | 'quiet' | 'token';
      readonly end?: boolean;
    };

/** A candidate's numbers; `gradient` is ∂ loss / ∂ logit, which the step goes against. */
export interface Candidate {
  readonly text: string;
  readonly isTrained: boolean;
  readonly before: number;
  readonly after: number;
  readonly p: readonly [before: number, after: number];
  readonly gradient: number;
}

/** ∂L/∂z_i = slope·(1[i is the token] − p_i) / T, since log p = z/T − log Σ exp(z/T). */
export function candidatesOf({ texts, before, after, logSum, temperature, slope }: TokenMove): Candidate[] {
  return texts.map((text, i) => {
    const [z, later] = [before[i] ?? 0, after[i] ?? 0];
    const p = Math.exp(z / temperature - logSum[0]);
    return {
      ...{ text, before: z, after: later },
      isTrained: i === 0,
      p: [p, Math.exp(later / temperature - logSum[1])],
      gradient: (slope * (Number(i === 0) - p)) / temperature,
    };
  });
}

/** Its words, written already in the page's language. */
export interface PictureWords {
  readonly title: string;
  /** Of the columns: candidate, before, push, after. */
  readonly heads: readonly string[];
  /** Lines under the bars. */
  readonly notes: readonly string[];
  readonly logit: (value: number) => string;
  readonly share: (p: number) => string;
  readonly gradient: (value: number) => string;
  readonly token: (text: string) => string;
}

export const WIDTH = 760;
const ROW = 46;
const TOP = 92;
const COLUMN = { token: 16, before: 190, gradient: 380, after: 570 } as const;
const BAR = 160;

export function pictureShapes(move: TokenMove, words: PictureWords): { shapes: Shape[]; height: number } {
  const all = candidatesOf(move);
  const most = Math.max(...all.map(({ gradient }) => Math.abs(gradient)), 1e-12);
  const text = (x: number, y: number, said: string, look: 'head' | 'plain' | 'quiet' | 'token'): Shape => ({
    ...{ x, y, look },
    kind: 'text',
    text: said,
  });
  const rect = (x: number, y: number, width: number, fill: string): Shape => ({
    ...{ x, y, fill },
    kind: 'rect',
    width: Math.max(1, width),
    height: 12,
  });
  const columns = Object.values(COLUMN);
  const rows = all.flatMap((one, i): Shape[] => {
    const y = TOP + i * ROW;
    const half = (BAR / 2) * (Math.abs(one.gradient) / most);
    const middle = COLUMN.gradient + BAR / 2;
    // Bars show where the step goes: against the gradient.
    const [from, fill] = one.gradient > 0 ? [middle - half, '--down-4'] : [middle, '--up-4'];
    const colour = one.isTrained ? '--accent' : '--line-strong';
    return [
      text(COLUMN.token, y + 12, words.token(one.text), 'token'),
      rect(COLUMN.before, y, BAR * one.p[0], colour),
      text(COLUMN.before, y + 28, `${words.logit(one.before)} · ${words.share(one.p[0])}`, 'quiet'),
      rect(middle, y - 3, 1, '--line-strong'),
      rect(from, y, half, fill),
      text(COLUMN.gradient, y + 28, words.gradient(-one.gradient), 'quiet'),
      rect(COLUMN.after, y, BAR * one.p[1], colour),
      text(COLUMN.after, y + 28, `${words.logit(one.after)} · ${words.share(one.p[1])}`, 'quiet'),
    ];
  });
  const below = TOP + all.length * ROW + 10;
  return {
    shapes: [
      text(COLUMN.token, 30, words.title, 'head'),
      ...words.heads.map((head, i) => text(columns[i] ?? 0, 66, head, 'plain')),
      ...rows,
      ...words.notes.map((note, i) => text(COLUMN.token, below + 20 * i, note, 'quiet')),
    ],
    height: below + 20 * words.notes.length,
  };
}

export const LOOK = {
  head: { size: 18, weight: 600, fill: '--ink' },
  plain: { size: 13, weight: 600, fill: '--ink-2' },
  quiet: { size: 13, weight: 400, fill: '--ink-2' },
  token: { size: 14, weight: 600, fill: '--ink' },
} as const;

/** @param colour from a CSS variable to its colour */
export function pictureSvg(
  { shapes, height }: ReturnType<typeof pictureShapes>,
  title: string,
  colour: (name: string) => string,
): string {
  const inner = shapes.map((shape) => {
    if (shape.kind === 'rect') {
      const { x, y, width, height: tall, fill } = shape;
      return `<rect x="${x}" y="${y}" width="${width}" height="${tall}" fill="${colour(fill)}"/>`;
    }
    const { size, weight, fill } = LOOK[shape.look];
    const family = shape.look === 'token' ? ' font-family="monospace"' : '';
    return `<text x="${shape.x}" y="${shape.y}" font-size="${size}" font-weight="${weight}" fill="${colour(fill)}"${family}>${escaped(shape.text)}</text>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" ` +
    `font-family="system-ui, sans-serif"><title>${escaped(title)}</title><rect width="100%" height="100%" fill="${colour('--surface')}"/>` +
    `${inner.join('')}</svg>\n`
  );
}
