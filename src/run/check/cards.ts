/**
 * About what kinds of devices give, by what their makers say: float32 operations per second outside of tensor cores, at boost
 * clock, and bytes per second of memory. Written from memory, not read again in the sheets; a card is called slow below a
 * quarter of it. Names as drivers tell them; a more precise one stands before those it contains.
 */
import type { KnownCard } from '../../report/check/types';

/** Part of the name, teraflops, gigabytes per second. */
const CARDS: readonly (readonly [RegExp, string, number, number])[] = [
  [/\bb200\b/i, 'NVIDIA B200', 75, 8000],
  [/\bh200\b/i, 'NVIDIA H200', 67, 4800],
  [/\bh100[ -]pcie/i, 'NVIDIA H100 PCIe', 51, 2000],
  [/\bh100\b/i, 'NVIDIA H100 SXM', 67, 3350],
  [/\ba100\b.*80/i, 'NVIDIA A100 80GB', 19.5, 2039],
  [/\ba100\b/i, 'NVIDIA A100', 19.5, 1555],
  [/\bl40s\b/i, 'NVIDIA L40S', 91.6, 864],
  [/\bl40\b/i, 'NVIDIA L40', 90.5, 864],
  [/\bl4\b/i, 'NVIDIA L4', 30.3, 300],
  [/\ba10g\b/i, 'NVIDIA A10G', 35, 600],
  [/\ba10\b/i, 'NVIDIA A10', 31.2, 600],
  [/\bt4\b/i, 'NVIDIA T4', 8.1, 320],
  [/\bv100\b/i, 'NVIDIA V100', 15.7, 900],
  [/rtx[ -]5090/i, 'GeForce RTX 5090', 104.8, 1792],
  [/rtx[ -]4090(?![ -]laptop)/i, 'GeForce RTX 4090', 82.6, 1008],
  [/rtx[ -]4080(?![ -](?:laptop|super))/i, 'GeForce RTX 4080', 48.7, 717],
  [/rtx[ -]3090(?![ -]ti)/i, 'GeForce RTX 3090', 35.6, 936],
  [/rtx[ -]3060(?![ -](?:laptop|ti))/i, 'GeForce RTX 3060', 12.7, 360],
  [/7900[ -]xtx/i, 'Radeon RX 7900 XTX', 61.4, 960],
  [/6800[ -]xt\b/i, 'Radeon RX 6800 XT', 20.7, 512],
  [/arc.*\ba770\b/i, 'Intel Arc A770', 19.7, 560],
  [/apple[ -]m1[ -]max/i, 'Apple M1 Max', 10.4, 400],
  [/apple[ -]m1[ -]pro/i, 'Apple M1 Pro', 5.2, 200],
  [/apple[ -]m1(?![ -](?:pro|max|ultra))/i, 'Apple M1', 2.6, 68],
  [/apple[ -]m2(?![ -](?:pro|max|ultra))/i, 'Apple M2', 3.6, 100],
];

/** Null where the name says nothing that is known here; browsers often tell no more than a family. */
export function knownCard(info: Partial<GPUAdapterInfo>): KnownCard | null {
  const { device = '', description = '' } = info;
  const found = CARDS.find(([pattern]) => pattern.test(`${device} ${description}`));
  if (found === undefined) return null;
  const [, name, teraflops, gigabytes] = found;
  return { name, flops: teraflops * 1e12, bytes: gigabytes * 1e9 };
}
