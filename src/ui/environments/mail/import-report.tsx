/** What an import has read, and what it has not used. */
import type { JSX } from 'preact';
import type { State } from '../../state';
import { t } from '../../texts';

/** Rejected files that are listed one by one. */
const LISTED = 20;

export function ImportReportView({ report }: { readonly report: State['imported'] }): JSX.Element {
  if (report === null) return <p class="note">{t.mail.earlierImport}</p>;
  const { rejected } = report;
  const { messages = 0, questions = 0 } = report.counts;
  return (
    <div>
      <p>
        <b>{t.mail.imported(messages, questions)}</b> {t.mail.fromFiles(report.files)}
      </p>
      {messages > 0 && questions === 0 && <p class="note">{t.mail.noQuestions}</p>}
      {rejected.length > 0 && (
        <details>
          <summary>{t.mail.notUsed(rejected.length)}</summary>
          <ul class="rejected">
            {rejected.slice(0, LISTED).map(({ source, reason }, i) => (
              <li key={i}>
                <code>{source}</code> {reason}
              </li>
            ))}
            {rejected.length > LISTED && <li>{t.mail.andMore(rejected.length - LISTED)}</li>}
          </ul>
        </details>
      )}
    </div>
  );
}
