/** The test questions, asked of a stored adapter. */
import type { JSX } from 'preact';
import type { EvaluationReport } from '../../../workers/api';
import { integer, list, NONE, percent, signed } from '../format';
import { accuracyText } from '../metrics';
import { usePage } from '../page';
import { VerdictSign } from '../parts/verdict';
import { noteText } from '../run/run-words';
import { t } from '../texts';

export function Evaluation(): JSX.Element | null {
  const { evaluation } = usePage().live;
  if (evaluation === null) return null;
  const { report, progress, outputDir, which } = evaluation;
  const title = t.storage.evaluationOf(`${outputDir}/${which}`);
  return (
    <section class="card" aria-label={title}>
      <h3>{title}</h3>
      {report === null ? (
        <p role="status">
          {progress === null
            ? t.storage.starting
            : `${noteText(progress.note)} ${t.run.of(integer(progress.done), integer(progress.total))}`}
        </p>
      ) : (
        <Report report={report} />
      )}
    </section>
  );
}

function Report({ report }: { readonly report: EvaluationReport }): JSX.Element {
  const tries = triesText(report);
  const { columns } = t.storage;
  return (
    <>
      <p>
        <b>{t.storage.rightShare(percent(report.greedyAccuracy))}</b>{' '}
        {t.storage.rightSampled({
          sampled: accuracyText(report.sampledAccuracy, report.accuracyInterval),
          questions: report.questions,
          reward: signed(report.reward),
        })}
      </p>
      {tries !== null && <p>{tries}</p>}
      <div class="table-scroll table-tall" tabIndex={0} role="group" aria-label={t.storage.questionTable}>
        <table class="left">
          <thead>
            <tr>
              {[columns.question, columns.gold, columns.greedy, columns.sampled].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.perQuestion.map((q) => (
              <tr key={q.id}>
                <th scope="row">{q.question}</th>
                <td>{q.gold ?? NONE}</td>
                <td>
                  <Mark right={q.greedyCorrect} /> {q.greedy ?? NONE}
                </td>
                <td>
                  <Mark right={q.sampledCorrect} /> {q.sampled ?? NONE}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What several tries at each question tell; null where one was made. */
function triesText({ sampled, passAtK, agreement }: EvaluationReport): string | null {
  if (passAtK === undefined || agreement === undefined) return null;
  const chances = Object.entries(passAtK).map(([k, chance]) => `pass@${k} ${percent(chance)}`);
  return t.storage.tries({ n: sampled.tries ?? 1, chances: list(chances), agreement: percent(agreement) });
}

function Mark({ right }: { readonly right: boolean | null }): JSX.Element | null {
  return right === null ? null : <VerdictSign verdict={right ? 'right' : 'wrong'} />;
}
