/** Invitations (RFC 5545) as text: what an event is, when and where. */
import { unixLines } from './text';

const LABELS: readonly (readonly [property: string, label: string])[] = [
  ['SUMMARY', 'Event'],
  ['DTSTART', 'Start'],
  ['DTEND', 'End'],
  ['LOCATION', 'Location'],
  ['ORGANIZER', 'Organizer'],
  ['DESCRIPTION', 'Description'],
];
/** A calendar with more is an export, not an invitation. */
const MAX_EVENTS = 20;
const PROPERTY = /^([A-Z-]+)((?:;[^:;"]*(?:"[^"]*"[^:;"]*)*)*):(.*)$/s;

/** Lines `Start: 2024-03-05 15:00 UTC` of each event; '' when there is none. */
export function calendarText(calendar: string): string {
  const lines = unixLines(calendar)
    .replace(/\n[ \t]/g, '')
    .split('\n');
  const events: Map<string, string>[] = [];
  let open: Map<string, string> | null = null;
  let inside = 0;
  for (const line of lines) {
    if (/^BEGIN:VEVENT\s*$/i.test(line)) {
      if (events.length === MAX_EVENTS) break;
      open = new Map();
      events.push(open);
    } else if (/^END:VEVENT\s*$/i.test(line)) open = null;
    // An alarm inside an event has a description of its own.
    else if (/^BEGIN:/i.test(line)) inside++;
    else if (/^END:/i.test(line)) inside--;
    const [, name = '', parameters = '', value = ''] = PROPERTY.exec(line) ?? [];
    if (open !== null && inside <= 1 && !open.has(name)) open.set(name, valueText(name, parameters, value));
  }
  return events
    .map(eventText)
    .filter((text) => text !== '')
    .join('\n\n');
}

function eventText(event: ReadonlyMap<string, string>): string {
  return LABELS.flatMap(([property, label]) => {
    const value = event.get(property) ?? '';
    return value === '' ? [] : [`${label}: ${value}`];
  }).join('\n');
}

function valueText(name: string, parameters: string, value: string): string {
  if (name.startsWith('DT')) {
    const zone = /;TZID="?([^;:"]+)/i.exec(parameters)?.[1];
    const [, day = '', hour, minute, utc] = /^(\d{8})(?:T(\d{2})(\d{2})\d{0,2}(Z?))?/.exec(value) ?? [];
    if (day === '') return value;
    const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
    if (hour === undefined) return date;
    return `${date} ${hour}:${minute}${utc === 'Z' ? ' UTC' : zone === undefined ? '' : ` ${zone}`}`;
  }
  if (name === 'ORGANIZER') {
    const person = /;CN="?([^;:"]+)/i.exec(parameters)?.[1];
    const address = value.replace(/^mailto:/i, '').trim();
    return person === undefined ? address : `${person} <${address}>`;
  }
  return value
    .replace(/\\[nN]/g, '\n')
    .replace(/\\([,;\\])/g, '$1')
    .trim();
}
