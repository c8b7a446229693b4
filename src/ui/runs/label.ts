/**
 * What is written on a run by its visitor, and what the page knows of it beyond the run's own files: one small file in the
 * run's folder, which training neither reads nor writes. Pure.
 */
import type { StopReason } from '../../grpo/types';
import { PAGE_FOLDER } from '../../report/kept-trajectories';

export const LABEL_FILE = `${PAGE_FOLDER}/label.json`;

export interface RunLabel {
  readonly format: 1;
  /** '' for the folder's own name. */
  readonly name: string;
  readonly note: string;
  readonly tags: readonly string[];
  /** '' where it is not known. */
  readonly preset: string;
  /** Milliseconds since the epoch; null where nobody has noted it. */
  readonly started: number | null;
  /** Null while it goes on, and for ever where it was interrupted. */
  readonly ended: { readonly reason: StopReason | 'failed'; readonly at: number } | null;
  /** The file that it came in; null for a run of this browser. */
  readonly importedFrom: string | null;
}

export const BLANK_LABEL: RunLabel = {
  format: 1,
  name: '',
  note: '',
  tags: [],
  preset: '',
  started: null,
  ended: null,
  importedFrom: null,
};

/** Longest texts; what somebody else's file has beyond them is cut off. */
export const MOST = { name: 80, note: 2000, tag: 40, tags: 12 } as const;
const REASONS = ['max-steps', 'target-accuracy', 'patience', 'stopped', 'failed'] as const;

/** Null for what is no label; parts that are none are left blank, since the file may come from anybody. */
export function parseLabel(text: string): RunLabel | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof found !== 'object' || found === null || !('format' in found) || found.format !== 1) return null;
  const fields = found as Readonly<Record<string, unknown>>;
  const words = (key: string, most: number): string => {
    const value = fields[key];
    return typeof value === 'string' ? value.slice(0, most) : '';
  };
  const { tags, started } = fields;
  return {
    format: 1,
    name: words('name', MOST.name),
    note: words('note', MOST.note),
    tags: Array.isArray(tags) ? tagsOf(tags.filter((tag) => typeof tag === 'string').join(',')) : [],
    preset: words('preset', MOST.name),
    started: isTime(started) ? started : null,
    ended: endOf(fields['ended']),
    importedFrom: words('importedFrom', 200) || null,
  };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function endOf(value: unknown): RunLabel['ended'] {
  if (typeof value !== 'object' || value === null || !('reason' in value) || !('at' in value)) return null;
  const reason = REASONS.find((one) => one === value.reason);
  return reason === undefined || !isTime(value.at) ? null : { reason, at: value.at };
}

/** Tags as they are typed, with commas between them, full-width ones too; each once. */
export function tagsOf(text: string): string[] {
  const tags = text.split(/[,，]/).map((tag) => tag.trim().slice(0, MOST.tag));
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, MOST.tags);
}
