/** Which settings are shown: those that a visitor looks for. Pure. */
import type { AnySettingInfo } from '../../settings/setting-info';

export interface SettingsFind {
  /** Words that name, label or help must have, whatever their case. */
  readonly words: string;
  /** Only those that differ from the preset. */
  readonly changed: boolean;
}

export const FIND_ALL: SettingsFind = { words: '', changed: false };

export function isFinding({ words, changed }: SettingsFind): boolean {
  return changed || words.trim() !== '';
}

export function isFound(
  key: string,
  { label, description }: Pick<AnySettingInfo, 'label' | 'description'>,
  { words, changed }: SettingsFind,
  edits: Readonly<Record<string, string | undefined>>,
): boolean {
  if (changed && edits[key] === undefined) return false;
  const text = `${key} ${label} ${description}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
