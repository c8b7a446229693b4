/** What an import has read, and what it has not used. */
import type { JSX } from 'preact';
import type { State } from '../../state';
import { t } from '../../texts';

/** Rejected files that are listed one by one. */
const LISTED = 20;

export function ImportReportView({ report }: { readonly report: State['imported'] }): JSX.Element {
  if (report === null) return <p class="note">{t.mail.earlierImport}</p>;
  const { rejected } = report;
  const owner = ownerOf(report);
  const all = report.reasons?.reduce((sum, { count }) => sum + count, 0) ?? rejected.length;
  const shortened = report.shortened ?? [];
  const { messages = 0, questions = 0 } = report.counts;
  return (
    <div>
      <p>
        <b>{t.mail.imported(messages, questions)}</b> {t.mail.fromFiles(report.files)}
      </p>
      {owner !== '' && <p>{t.mail.owner(owner, isSure(report))}</p>}
      {messages > 0 && questions === 0 && <p class="note">{t.mail.noQuestions}</p>}
      {rejected.length > 0 && (
        <details>
          <summary>{t.mail.notUsed(all)}</summary>
          <ul class="rejected">
            {rejected.slice(0, LISTED).map(({ source, reason }, i) => (
              <li key={i}>
                <code>{source}</code> {reason}
              </li>
            ))}
            {all > LISTED && <li>{t.mail.andMore(all - Math.min(LISTED, rejected.length))}</li>}
          </ul>
        </details>
      )}
      {shortened.length > 0 && (
        <details>
          <summary>{t.mail.shortened(shortened.length)}</summary>
          <ul class="rejected">
            {shortened.slice(0, LISTED).map(({ source, reason }, i) => (
              <li key={i}>
                <code>{source}</code> {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

type Report = NonNullable<State['imported']>;

/** What the mail environment says of whose mail it is. */
interface Owner {
  readonly sure?: boolean;
  readonly addresses?: readonly { readonly address: string; readonly involved: number }[];
}

function ownerIn({ about }: Report): Owner {
  return (about?.['owner'] ?? {}) as Owner;
}

function ownerOf(report: Report): string {
  return (ownerIn(report).addresses ?? []).map(({ address }) => address).join(', ');
}

function isSure(report: Report): boolean {
  return ownerIn(report).sure === true;
}
