/** The panel that tells what went wrong; the page below stays usable. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';

export function ProblemPanel(): JSX.Element {
  const { live, runner, dispatch } = usePage();
  const { problem } = live;
  if (problem === null) return <div class="problem-slot" />;
  const { title, message, remedy, tone = 'error', resumeDir, resumeFrom } = problem;
  return (
    <div class="problem-slot">
      <section class={`card problem problem-${tone}`} role="alert">
        <h2>{title}</h2>
        <p>{message}</p>
        <p>{remedy}</p>
        <div class="button-row">
          {resumeDir !== null && (
            <button
              type="button"
              class="primary"
              onClick={() => void runner.continueRun(resumeDir, resumeFrom)}
            >
              {t.problems.goOnFrom(resumeFrom ?? null)}
            </button>
          )}
          <button type="button" class="quiet" onClick={() => dispatch({ kind: 'problem', problem: null })}>
            {t.app.close}
          </button>
        </div>
      </section>
    </div>
  );
}
