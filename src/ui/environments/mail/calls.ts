/** The tools of the mail environment in words: what is searched and read, and what came back. */
import type { ToolCall, ToolResult } from '../../../conversation/types';
import { el } from '../../dom';
import { callText as plainCallText, resultValue } from '../plain';

export function callText(call: ToolCall): string {
  const { name, arguments: given } = call;
  const text = (key: string): string | null => {
    const value = given[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  switch (name) {
    case 'search_emails': {
      const keywords = Array.isArray(given['keywords'])
        ? given['keywords'].map((word) => `“${String(word)}”`)
        : [];
      const filters = [
        ['from', text('from_addr')],
        ['to', text('to_addr')],
        ['after', text('sent_after')],
        ['before', text('sent_before')],
      ].flatMap(([what, value]) => (value === null ? [] : [`${what ?? ''} ${value ?? ''}`]));
      return ['searches for', keywords.join(' and ') || 'nothing', ...filters].join(' ');
    }
    case 'read_email':
      return `reads mail ${text('message_id') ?? '(none named)'}`;
    case 'return_final_answer':
      return 'answers';
    default:
      return plainCallText(call);
  }
}

export function resultNodes(result: ToolResult): readonly Node[] | null {
  if (result.name === 'return_final_answer') return null;
  const value = resultValue(result);
  if (Array.isArray(value)) return [hitsNode(value.filter(isRecord))];
  if (!isRecord(value)) return [el('p', {}, textOf(value))];
  if (typeof value['error'] === 'string') return [el('p', {}, value['error'])];
  if (typeof value['subject'] !== 'string') {
    return [el('p', { class: 'ask-head' }, 'Left out for length: the context is nearly full.')];
  }
  return [
    el('p', { class: 'ask-head' }, `${textOf(value['from'])}, ${textOf(value['date'])}`),
    el('p', {}, el('b', {}, value['subject'])),
    el('p', { class: 'ask-body' }, textOf(value['body'])),
  ];
}

function hitsNode(hits: readonly Record<string, unknown>[]): HTMLElement {
  if (hits.length === 0) return el('p', { class: 'ask-head' }, 'Nothing found.');
  return el(
    'ul',
    { class: 'ask-hits' },
    ...hits.map((hit) =>
      typeof hit['message_id'] === 'string'
        ? el('li', {}, el('code', {}, hit['message_id']), ' ', ...marked(textOf(hit['snippet'])))
        : el('li', {}, 'further hits left out for length'),
    ),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** The search's own marks as bold text; everything else in a snippet is only text. */
function marked(snippet: string): Node[] {
  return snippet
    .split(/(<b>.*?<\/b>)/)
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^<b>(.*)<\/b>$/.exec(part);
      return match ? el('b', {}, match[1] ?? '') : document.createTextNode(part);
    });
}
