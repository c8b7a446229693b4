/** The tools of the mail environment in words: what is searched and read, and what came back. */
import type { ComponentChildren, JSX } from 'preact';
import type { ToolCall, ToolResult } from '../../../conversation/types';
import { t } from '../../texts';
import { withBold } from '../../mail/search';
import { callText as plainCallText, resultValue } from '../plain';

export function callText(call: ToolCall): string {
  const { name, arguments: given } = call;
  const text = (key: string): string | null => {
    const value = given[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  switch (name) {
    case 'search_emails':
      return t.mail.searches({
        keywords: Array.isArray(given['keywords']) ? given['keywords'].map(String) : [],
        from: text('from_addr'),
        to: text('to_addr'),
        after: text('sent_after'),
        before: text('sent_before'),
      });
    case 'read_email':
      return t.mail.reads(text('message_id'));
    case 'return_final_answer':
      return t.mail.answers;
    default:
      return plainCallText(call);
  }
}

export function mailResult(result: ToolResult): ComponentChildren | null {
  if (result.name === 'return_final_answer') return null;
  const value = resultValue(result);
  if (Array.isArray(value)) return <Hits hits={value.filter(isRecord)} />;
  if (!isRecord(value)) return <p>{textOf(value)}</p>;
  if (typeof value['error'] === 'string') return <p>{value['error']}</p>;
  if (typeof value['subject'] !== 'string') return <p class="ask-head">{t.mail.leftOut}</p>;
  return (
    <>
      <p class="ask-head">{`${textOf(value['from'])}, ${textOf(value['date'])}`}</p>
      <p>
        <b>{value['subject']}</b>
      </p>
      <p class="ask-body">{textOf(value['body'])}</p>
    </>
  );
}

function Hits({ hits }: { readonly hits: readonly Record<string, unknown>[] }): JSX.Element {
  if (hits.length === 0) return <p class="ask-head">{t.mail.nothingFound}</p>;
  return (
    <ul class="ask-hits">
      {hits.map((hit, i) =>
        typeof hit['message_id'] === 'string' ? (
          <li key={i}>
            <code>{hit['message_id']}</code> {withBold(textOf(hit['snippet']))}
          </li>
        ) : (
          <li key={i}>{t.mail.furtherHits}</li>
        ),
      )}
    </ul>
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
