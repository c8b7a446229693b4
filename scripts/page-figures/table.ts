/** The figures as a table for docs/page.md. Pure. */
import { cpus, loadavg } from 'node:os';
import type { PageFigures } from './measure';
import type { PageMemory } from './memory';

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const memory = ({ heap, renderers }: PageMemory): string =>
  `${mb(heap)} of JavaScript${renderers === null ? '' : `, ${mb(renderers)} of all renderer processes`}`;

/** @param at when, and how busy the machine was: its load over the last minute */
export function figuresTable(
  figures: PageFigures,
  at: { readonly date: Date; readonly load: number } = { date: new Date(), load: loadavg()[0] ?? 0 },
): string {
  const { start, frames, offline, tries, minutes, megabits, browser } = figures;
  const rows: readonly (readonly [string, string])[] = [
    ['bytes until Train can be pressed, compressed with gzip', mb(start.bytes)],
    [`time until Train can be pressed, at ${megabits} Mbit/s`, `${start.seconds.toFixed(2)} s`],
    [
      `frames in ${frames.seconds.toFixed(0)} s of training`,
      `${frames.frames}; between two: half within ${ms(frames.p50)}, 95 % within ${ms(frames.p95)}, longest ${ms(frames.most)}`,
    ],
    [
      'tasks of more than 50 ms meanwhile',
      `${frames.longTasks}, of them ${frames.veryLong} of more than 100 ms; longest ${ms(frames.longest)}`,
    ],
    ['trains without a network after a first visit', `in ${offline} of ${tries} tries`],
    ['memory at the first step', memory(figures.memory.first)],
    [`memory after ${minutes} minutes of training`, memory(figures.memory.last)],
  ];
  const [first] = cpus();
  const machine = `${first?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, load ${at.load.toFixed(1)}; ${browser}, WebGPU in software`;
  return [
    '| what | measured |',
    '| --- | --- |',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
    '',
    `${at.date.toISOString().slice(0, 10)}, ${machine}.`,
  ].join('\n');
}
