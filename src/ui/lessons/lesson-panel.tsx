/** One step of a lesson: what it says, asks and does, and what the visitor's own numbers say to it. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../page';
import { trainObstacle } from '../setup/obstacle';
import { t } from '../texts';
import { COURSE } from './course';
import { useMark } from './mark';
import { perform, startsRun } from './perform';
import { Prediction } from './prediction';
import { keyOf, LESSONS, type Place, type Step } from './types';

export function LessonPanel({ place }: { readonly place: Place }): JSX.Element {
  const { live, dispatch } = usePage();
  const { steps } = COURSE[place.lesson];
  const at = Math.min(place.step, steps.length);
  const step = steps[at - 1] as Step;
  const words = step.words();
  const isDone = useComputed(() => step.done?.(live) ?? false).value;
  const right = useComputed(() => step.right?.(live) ?? null).value;
  const said = useComputed(() => (step.explain?.(live) ?? []).join('\n')).value;
  const chosen = live.lessons.answers[keyOf(place)];
  const needsAnswer = words.ask !== undefined && chosen === undefined;
  const heading = useRef<HTMLHeadingElement>(null);
  useMark(step.mark);
  // Who came by a button is at the new step, and hears its title.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (isDone) dispatch({ kind: 'lesson-done', place });
  }, [isDone]);
  return (
    <section class="card lesson" aria-label={t.lessons.name[place.lesson]}>
      <p class="lesson-place">
        {t.app.facts([t.lessons.name[place.lesson], t.lessons.step(at, steps.length)])}
      </p>
      <h2 tabIndex={-1} ref={heading}>
        {words.title}
      </h2>
      <p>{words.text}</p>
      <Prediction place={place} words={words} right={right} />
      <Press step={step} isBlocked={needsAnswer} />
      <p role="status" class="lesson-done">
        {isDone ? t.lessons.done : ''}
      </p>
      {/* A question about understanding is explained after the answer. */}
      {said !== '' && !needsAnswer && (
        <section class="lesson-said" aria-label={t.lessons.explanation}>
          <h3>{t.lessons.explanation}</h3>
          {said.split('\n').map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </section>
      )}
      <Ways place={{ lesson: place.lesson, step: at }} isThrough={step.done === undefined || isDone} />
    </section>
  );
}

function Press({
  step,
  isBlocked,
}: {
  readonly step: Step;
  readonly isBlocked: boolean;
}): JSX.Element | null {
  const page = usePage();
  const { live, derived } = page;
  const { press } = step.words();
  const actions = step.actions ?? [];
  const changes = actions.some(({ kind }) => kind === 'settings');
  const obstacle = useComputed(() => trainObstacle(live, { problems: new Map() })).value;
  if (press === undefined) return null;
  const why = isBlocked
    ? t.lessons.predictFirst
    : startsRun(actions) && derived.busy.value
      ? t.lessons.busy
      : startsRun(actions)
        ? obstacle
        : null;
  return (
    <div class="lesson-press">
      <button
        type="button"
        class="primary"
        disabled={why !== null}
        aria-describedby="lesson-why"
        onClick={() => perform(page, actions)}
      >
        {press}
      </button>
      <span class="note" id="lesson-why">
        {why ?? (changes ? t.lessons.changesSettings : '')}
      </span>
    </div>
  );
}

/** Back, on, and out. */
function Ways({ place, isThrough }: { readonly place: Place; readonly isThrough: boolean }): JSX.Element {
  const { dispatch } = usePage();
  const { lesson, step } = place;
  const isLast = step === COURSE[lesson].steps.length;
  const next = LESSONS[LESSONS.indexOf(lesson) + 1];
  const go = (to: Place | null): void => {
    // A step without a condition has been done when it is left forwards.
    if (COURSE[lesson].steps[step - 1]?.done === undefined) dispatch({ kind: 'lesson-done', place });
    dispatch({ kind: 'lesson', place: to });
  };
  return (
    <div class="button-row lesson-ways">
      {step > 1 && (
        <button
          type="button"
          class="quiet"
          onClick={() => dispatch({ kind: 'lesson', place: { lesson, step: step - 1 } })}
        >
          {t.lessons.back}
        </button>
      )}
      {!isLast && (
        <button type="button" onClick={() => go({ lesson, step: step + 1 })}>
          {isThrough ? t.lessons.next : t.lessons.skip}
        </button>
      )}
      {isLast && next !== undefined && (
        <button type="button" onClick={() => go({ lesson: next, step: 1 })}>
          {t.lessons.nextLesson(t.lessons.name[next])}
        </button>
      )}
      <button
        type="button"
        class="quiet"
        onClick={() => (isLast ? go(null) : dispatch({ kind: 'lesson', place: null }))}
      >
        {isLast ? t.lessons.finish : t.lessons.leave}
      </button>
    </div>
  );
}
