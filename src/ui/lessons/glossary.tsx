/** Words that a class does not know, in one sentence or two. */
import type { JSX } from 'preact';
import { t } from '../texts';

export function Glossary(): JSX.Element {
  return (
    <section class="card glossary" aria-label={t.lessons.glossary}>
      <h2>{t.lessons.glossary}</h2>
      <dl>
        {t.lessons.terms.map(({ term, text }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
