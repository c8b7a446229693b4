/** Table of the evaluations of the present run. */
import type { JSX } from 'preact';
import { environmentOf } from '../metrics';
import { usePage } from '../page';
import { t } from '../texts';
import { evaluationColumns } from './evaluation-columns';

export function Evaluations(): JSX.Element | null {
  const record = usePage().derived.record.value;
  const evaluations = record?.evaluations ?? [];
  if (evaluations.length === 0) return null;
  const columns = evaluationColumns(environmentOf(record));
  const best = evaluations.findLast((e) => e.isBest);
  return (
    <section class="card" aria-label={t.training.evaluations}>
      <h3>{t.training.evaluations}</h3>
      <p class="chart-caption">{t.training.evaluationsNote}</p>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={t.training.evaluationsTable}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.training.step}</th>
              {columns.map(({ head, explain }) => (
                <th key={head} scope="col" title={explain}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {evaluations.map((e) => (
              <tr key={`${e.step} ${e.split}`} class={e === best ? 'is-best' : undefined}>
                <th scope="row">
                  {e.isBaseline ? t.training.start : e.step}
                  {e.split === 'test' && <span class="tag">{t.training.test}</span>}
                  {e === best && <span class="tag tag-good">{t.training.best}</span>}
                </th>
                {columns.map(({ head, cell }) => (
                  <td key={head}>{cell(e)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
