import { familyRows, type FamilyRow } from '../families';
import { VARIANT_NAME, VARIANTS } from '../types';
import { NOT_MEASURED, points, share, spreadText, table } from '../words';
import { figure, type Context, type Section } from './section';

const FAMILIES =
  'Families: `single` asks for a fact of one mail, `latest` for one that a later mail corrects, the filters need a ' +
  'sender or a date in the search, and `unanswerable` has no answer, so that saying so is right. At level 1 ' +
  'nothing else is in the way, at level 2 other mails about the same thing are, and level 3 needs a filter.';

/** Which questions got better. */
export function familiesSection({ learning, plots }: Context): Section {
  const { runs, start } = learning;
  const passes = { sampled: rows('sampled'), greedy: rows('greedy') };
  function rows(pass: 'sampled' | 'greedy') {
    return familyRows(start?.test ?? null, runs, pass);
  }
  const variants = VARIANTS.filter((variant) =>
    runs.some((run) => run.variant === variant && run.test !== null),
  );
  if (passes.sampled.length === 0 || variants.length === 0) return ['No final adapter was measured.'];
  const hasFamilies = passes.sampled.some(({ family }) => family !== '');
  const names = hasFamilies ? ['family', 'level'] : ['level'];
  return [
    ...(hasFamilies ? [FAMILIES] : []),
    ...(['sampled', 'greedy'] as const).flatMap((pass) => [
      `${pass === 'sampled' ? 'Sampled' : 'Greedy'}:`,
      table(
        [...names, 'n', 'start', ...variants.map((variant) => VARIANT_NAME[variant])],
        passes[pass].map(({ family, level, questions, start: before, trained }) => [
          ...(hasFamilies ? [family || 'none'] : []),
          String(level),
          String(questions),
          before === null ? NOT_MEASURED : share(before),
          ...variants.map((variant) => spreadText(trained.get(variant) ?? null, share)),
        ]),
      ),
    ]),
    ...sentences(passes.sampled),
    ...figure(plots, 'families.svg', `Accuracy by ${names.join(' and ')}`),
  ];
}

function sentences(rows: readonly FamilyRow[]): string[] {
  const known = rows.flatMap((row) => {
    const after = row.trained.get('masked');
    return row.start === null || after === undefined
      ? []
      : [
          {
            name: row.family === '' ? `level ${row.level}` : `\`${row.family}\` ${row.level}`,
            n: row.questions,
            after: after.mean,
            gain: after.mean - row.start,
          },
        ];
  });
  if (known.length === 0) return [];
  const most = known.reduce((a, b) => (b.gain > a.gain ? b : a));
  const weakest = known.reduce((a, b) => (b.after < a.after ? b : a));
  const lost = known.filter(({ gain }) => gain < 0);
  return [
    `Under the masked runs ${most.name} ${most.gain > 0 ? `gains most, ${points(most.gain)}` : 'changes most favourably, and still gains nothing'} (sampled); ` +
      `${weakest.name} stays the hardest with ${share(weakest.after)} (n = ${weakest.n}). ` +
      (lost.length === 0
        ? `No ${rows.some(({ family }) => family !== '') ? 'family' : 'level'} loses.`
        : `Losing: ${lost.map(({ name, gain, n }) => `${name} by ${points(gain)} (n = ${n})`).join(', ')}.`),
  ];
}
