/** Names, colours and horizontal positions of runs that are compared. Pure. */
import type { Mode } from '../grpo/types';
import { CURVE_COLOURS, MODE_COLOUR } from './colour';
import { secondsSoFar } from './series';
import type { RunRecord } from './state';

/** What two runs are laid over each other by. */
export type Axis = 'steps' | 'seconds' | 'tokens';

const MODE_NAME: Readonly<Record<Mode, string>> = { masked: 'masked', rollout: 'unmasked', simple: 'simple' };

export function recordName(record: RunRecord): string {
  const folder = record.outputDir.split('/').at(-1) ?? record.outputDir;
  const mode = recordMode(record);
  return mode === null ? folder : `${MODE_NAME[mode]} · ${folder}`;
}

function recordMode(record: RunRecord): Mode | null {
  return record.settings?.mode ?? record.steps[0]?.mode ?? null;
}

/** The first run of a mode wears the mode's colour, further ones the colours that are left. */
export function recordColours(records: readonly RunRecord[]): Map<string, string> {
  const colours = new Map<string, string>();
  const seen = new Set<Mode>();
  let next = 0;
  for (const record of records) {
    const mode = recordMode(record);
    if (mode !== null && !seen.has(mode)) {
      seen.add(mode);
      colours.set(record.id, MODE_COLOUR[mode]);
    } else {
      colours.set(record.id, CURVE_COLOURS[(next++ + 3) % CURVE_COLOURS.length] ?? CURVE_COLOURS[0]);
    }
  }
  return colours;
}

/** Horizontal positions of a run's steps. */
export function axisOf(record: RunRecord, axis: Axis): number[] {
  switch (axis) {
    case 'steps':
      return record.steps.map((s) => s.step);
    case 'seconds':
      return secondsSoFar(record.steps);
    case 'tokens': {
      let sum = 0;
      return record.steps.map((s) => (sum += s.totalTokens));
    }
  }
}
