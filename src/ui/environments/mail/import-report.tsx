/** What an import has read, and what it has not used. */
import type { JSX } from 'preact';
import { integer } from '../../format';
import type { State } from '../../state';
import { t } from '../../texts';

/** Rejected files that are listed one by one. */
const LISTED = 20;

export function ImportReportView({ report }: { readonly report: State['imported'] }): JSX.Element {
  if (report === null) return <p class="note">{t.mail.noImport}</p>;
  const { rejected } = report;
  const all = report.reasons?.reduce((sum, { count }) => sum + count, 0) ?? rejected.length;
  const shortened = report.shortened ?? [];
  const { added = 0, already = 0, questions = 0 } = report.counts;
  const hasNone = added + already + questions === 0;
  return (
    <div>
      <p>
        <b>{t.mail.imported(added, questions)}</b> {t.mail.fromFiles(report.files)}{' '}
        {already > 0 && t.mail.already(already)}
      </p>
      {hasNone && <p class="note">{t.mail.nothingTaken}</p>}
      <Reasons reasons={report.reasons ?? []} />
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

/** How much was left out for which kind of reason. */
function Reasons({
  reasons,
}: {
  readonly reasons: NonNullable<NonNullable<State['imported']>['reasons']>;
}): JSX.Element | null {
  if (reasons.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { code, count } of reasons) {
    const reason = t.mail.reason(code);
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return (
    <ul class="reasons">
      {[...counts].map(([reason, count]) => (
        <li key={reason}>{`${reason}: ${integer(count)}`}</li>
      ))}
    </ul>
  );
}
