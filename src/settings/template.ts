/** The settings that a chat template is told, read from their texts. */
import type { CoreSettings } from './settings';

export type TemplateSettings = Pick<CoreSettings, 'thinking' | 'chatTemplateArguments' | 'templateDate'>;

/** The setting `chatTemplateArguments` where there are none. */
const NO_ARGUMENTS = 'none';

/** Variables by name; null when the text is neither `none` nor a JSON object. */
export function templateArguments(text: string): Readonly<Record<string, unknown>> | null {
  if (text.trim() === NO_ARGUMENTS) return {};
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** Midnight of a day, UTC. @param day YYYY-MM-DD; null when there is no such day */
export function dayOf(day: string): Date | null {
  const date = new Date(`${day}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(date.getTime());
  return isDay && date.toISOString().startsWith(day) ? date : null;
}
