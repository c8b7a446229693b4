/** Above the views: the way to the lessons, their list, the glossary, and the lesson that is open. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';
import { COURSE } from './course';
import { Glossary } from './glossary';
import { LessonPanel } from './lesson-panel';
import { OwnSettings } from './own-settings';
import { keyOf, LESSONS, type LessonId } from './types';

export function Lessons(): JSX.Element {
  const { place, open } = usePage().live.lessons;
  return (
    <>
      <Bar />
      {open === 'list' && <List />}
      {open === 'glossary' && <Glossary />}
      {place !== null && <LessonPanel key={keyOf(place)} place={place} />}
      <OwnSettings />
    </>
  );
}

const PARTS = ['list', 'glossary'] as const;

function Bar(): JSX.Element {
  const { live, dispatch } = usePage();
  const { open } = live.lessons;
  return (
    <nav class="lessons-bar" aria-label={t.lessons.title}>
      {PARTS.map((part) => (
        <button
          key={part}
          type="button"
          class="quiet"
          aria-expanded={open === part}
          onClick={() => dispatch({ kind: 'lessons-open', open: open === part ? null : part })}
        >
          {part === 'list' ? t.lessons.open : t.lessons.glossary}
        </button>
      ))}
      <a href={`guide/${t.lessons.guideFile}`} target="_blank" rel="noopener">
        {t.lessons.guide}
      </a>
    </nav>
  );
}

function List(): JSX.Element {
  return (
    <section class="card lessons-list" aria-label={t.lessons.title}>
      <h2>{t.lessons.title}</h2>
      <p>{t.lessons.lead}</p>
      <ol>
        {LESSONS.map((id) => (
          <Entry key={id} id={id} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ id }: { readonly id: LessonId }): JSX.Element {
  const { live, dispatch } = usePage();
  const { steps, minutes } = COURSE[id];
  const done = steps.map((_, i) => live.lessons.done.includes(keyOf({ lesson: id, step: i + 1 })));
  // Where it was left; a lesson that is through begins anew.
  const next = done.every(Boolean) ? 1 : done.indexOf(false) + 1;
  return (
    <li>
      <button
        type="button"
        class="quiet"
        onClick={() => dispatch({ kind: 'lesson', place: { lesson: id, step: next } })}
      >
        {t.lessons.name[id]}
      </button>{' '}
      <span>{t.lessons.about[id]}</span>
      <small>
        {t.app.facts([
          t.lessons.minutes(...minutes),
          t.lessons.progress(done.filter(Boolean).length, steps.length),
        ])}
      </small>
    </li>
  );
}
