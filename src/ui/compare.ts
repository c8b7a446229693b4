/** Curves of several runs on top of each other, at equal steps, equal time or equal tokens. */
import { el, fill, setText } from './dom';
import { count, NONE, number, percent, signed } from './format';
import { LineChart, type SeriesSpec } from './line-chart';
import { axisOf, recordColours, recordName, type Axis } from './records';
import type { PageStore } from './runner';
import { align, latest, movingMean, secondsSoFar, SMOOTHING, type Curve, type Points } from './series';
import type { RunRecord } from './state';

const AXES: readonly (readonly [Axis, string])[] = [
  ['steps', 'Steps'],
  ['seconds', 'Seconds'],
  ['tokens', 'Tokens'],
];

interface Measure {
  readonly title: string;
  readonly caption: string;
  readonly format?: (value: number) => string;
  readonly range?: readonly [number, number];
  readonly look?: SeriesSpec['look'];
  readonly curve: (record: RunRecord, axis: Axis) => Curve;
}

const perStep =
  (values: (record: RunRecord) => Points) =>
  (record: RunRecord, axis: Axis): Curve => ({ x: axisOf(record, axis), y: values(record) });

const MEASURES: readonly Measure[] = [
  {
    title: 'Accuracy while training',
    caption: `Sampled answers, mean of ${SMOOTHING} steps.`,
    format: (v) => percent(v),
    range: [0, 1],
    curve: perStep((r) =>
      movingMean(
        r.steps.map((s) => s.accuracy),
        SMOOTHING,
      ),
    ),
  },
  {
    title: 'Accuracy in evaluations',
    caption: 'The same questions for every run, about mail that is never trained on.',
    format: (v) => percent(v),
    range: [0, 1],
    look: 'points',
    curve: (record, axis) => {
      const position = new Map(axisOf(record, axis).map((x, i) => [record.steps[i]?.step, x]));
      // Before the first step no time has passed.
      const evaluations = record.evaluations.filter((e) => e.step === 0 || position.has(e.step));
      return { x: evaluations.map((e) => position.get(e.step) ?? 0), y: evaluations.map((e) => e.accuracy) };
    },
  },
  {
    title: 'Reward',
    caption: `Mean of ${SMOOTHING} steps.`,
    format: (v) => signed(v),
    curve: perStep((r) =>
      movingMean(
        r.steps.map((s) => s.rewardMean),
        SMOOTHING,
      ),
    ),
  },
  {
    title: 'KL to the start',
    caption: 'How far each policy has moved, nats per token.',
    range: [0, 0],
    curve: perStep((r) => r.steps.map((s) => s.kl)),
  },
  {
    title: 'Entropy',
    caption: 'Nats per token.',
    range: [0, 0],
    curve: perStep((r) => r.steps.map((s) => s.entropy)),
  },
  {
    title: 'Share of tokens trained',
    caption: 'Tokens with a gradient among all tokens.',
    format: (v) => percent(v),
    range: [0, 1],
    curve: perStep((r) => r.steps.map((s) => s.trainableRatio)),
  },
];

export function createCompare(store: PageStore): HTMLElement {
  let axis: Axis = 'steps';
  const empty = el(
    'p',
    { class: 'empty' },
    'No runs yet. Train once masked and once unmasked with the same seed: both start from the same answers, and their curves are laid over each other here.',
  );
  const list = el('ul', { class: 'run-list' });
  const charts = MEASURES.map((m) => ({
    measure: m,
    chart: new LineChart({ ...m, series: [], headline: -1 }),
  }));
  const axisPicker = el(
    'fieldset',
    { class: 'segmented' },
    el('legend', {}, 'At equal'),
    ...AXES.map(([value, label]) =>
      el(
        'label',
        {},
        el('input', {
          type: 'radio',
          name: 'axis',
          value,
          checked: value === axis,
          on: {
            change: () => {
              axis = value;
              draw(store.state.records, store.state.hiddenRecords);
            },
          },
        }),
        el('span', {}, label),
      ),
    ),
  );
  const evaluations = el('tbody');
  const table = el(
    'div',
    { class: 'card table-scroll', tabindex: 0, role: 'group', 'aria-label': 'Table of runs' },
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          ...['Run', 'Steps', 'Accuracy', 'Best evaluation', 'Reward', 'KL', 'Trained', 'Time'].map((h) =>
            el('th', { scope: 'col' }, h),
          ),
        ),
      ),
      evaluations,
    ),
  );
  const body = el(
    'div',
    {},
    el('div', { class: 'compare-tools' }, list, axisPicker),
    el('div', { class: 'charts' }, ...charts.map(({ chart }) => chart.root)),
    table,
  );

  let drawnAs = '';
  const draw = (all: readonly RunRecord[], hiddenRecords: ReadonlySet<string>): void => {
    const records = all.filter((record) => record.steps.length > 0);
    empty.hidden = records.length > 0;
    body.hidden = records.length === 0;
    const colours = recordColours(records);
    const shown = records.filter((record) => !hiddenRecords.has(record.id));
    const key = shown.map((record) => `${record.id}=${colours.get(record.id) ?? ''}`).join('|') + axis;
    for (const { measure, chart } of charts) {
      const series = shown.map((record): SeriesSpec => ({
        label: recordName(record),
        colour: colours.get(record.id) ?? '--curve-1',
        look: measure.look ?? 'line',
      }));
      if (key !== drawnAs) chart.setSeries(series, { xName: axis === 'steps' ? 'step' : axis });
      const { x, ys } = align(shown.map((record) => measure.curve(record, axis)));
      chart.setData(x, ys);
    }
    drawnAs = key;
    fill(evaluations, ...shown.map((record) => tableRow(record, colours.get(record.id) ?? '')));
    drawList(list, records, hiddenRecords, colours, store);
  };
  store.watch(
    (state) => state.records,
    (records, state) => draw(records, state.hiddenRecords),
  );
  store.watch(
    (state) => state.hiddenRecords,
    (hiddenRecords, state) => draw(state.records, hiddenRecords),
  );
  return el('div', { class: 'compare' }, empty, body);
}

function drawList(
  list: HTMLElement,
  records: readonly RunRecord[],
  hiddenRecords: ReadonlySet<string>,
  colours: ReadonlyMap<string, string>,
  store: PageStore,
): void {
  const present = new Map(
    [...list.children].map((node) => [(node as HTMLElement).dataset['id'] ?? '', node as HTMLElement]),
  );
  const nodes = records.map((record) => {
    // Kept between draws, so that a checkbox does not lose the focus each step.
    const node = present.get(record.id) ?? listItem(record, store);
    node.style.setProperty('--key', `var(${colours.get(record.id) ?? '--curve-1'})`);
    const box = node.querySelector('input');
    if (box) box.checked = !hiddenRecords.has(record.id);
    const note = node.querySelector('small');
    if (note)
      setText(note, `${count(record.steps.length, 'step')}${record.origin === 'stored' ? ', stored' : ''}`);
    return node;
  });
  if (nodes.length !== list.children.length || nodes.some((node, i) => list.children[i] !== node)) {
    list.replaceChildren(...nodes);
  }
}

function listItem(record: RunRecord, store: PageStore): HTMLElement {
  const box = el('input', {
    type: 'checkbox',
    on: { change: () => store.dispatch({ kind: 'record-shown', id: record.id, shown: box.checked }) },
  });
  return el(
    'li',
    { 'data-id': record.id },
    el(
      'label',
      {},
      box,
      el('span', { class: 'key key-line', 'aria-hidden': 'true' }),
      recordName(record),
      ' ',
      el('small'),
    ),
  );
}

function tableRow(record: RunRecord, colour: string): HTMLElement {
  const last = record.steps.at(-1);
  const best = record.evaluations.reduce<number | null>((top, e) => Math.max(top ?? 0, e.accuracy), null);
  const seconds = secondsSoFar(record.steps).at(-1) ?? 0;
  const cells = [
    String(last?.step ?? NONE),
    percent(
      latest(
        movingMean(
          record.steps.map((s) => s.accuracy),
          SMOOTHING,
        ),
      ),
    ),
    percent(best),
    last ? signed(last.rewardMean) : NONE,
    number(last?.kl),
    percent(last?.trainableRatio),
    `${number(seconds)} s`,
  ];
  return el(
    'tr',
    {},
    el(
      'th',
      { scope: 'row', style: `--key: var(${colour})` },
      el('span', { class: 'key key-line', 'aria-hidden': 'true' }),
      recordName(record),
    ),
    ...cells.map((cell) => el('td', {}, cell)),
  );
}
