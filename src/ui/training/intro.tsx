/** What one sees before the first run: the idea in three steps, and one conversation. */
import type { JSX } from 'preact';
import { EXAMPLE } from '../example';
import { TokenLegend } from '../parts/token-legend';
import { TokenView } from '../parts/token-view';
import { RecordedPanel } from '../recorded/panel';
import { t } from '../texts';

export function Intro(): JSX.Element {
  const { title, steps, example, exampleLabel } = t.training.intro;
  return (
    <>
      <section class="card intro" aria-label={title}>
        <h2>{title}</h2>
        <ol class="steps">
          {steps.map(({ name, text }) => (
            <li key={name}>
              <b>{name} </b>
              {text}
            </li>
          ))}
        </ol>
        <h3>{example}</h3>
        <TokenLegend colouring="mask" trainsTools={false} />
        <TokenView view={EXAMPLE} colouring="mask" label={exampleLabel} promptOpen />
      </section>
      <RecordedPanel />
    </>
  );
}
