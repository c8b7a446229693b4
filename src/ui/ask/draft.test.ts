import { describe, expect, it } from 'vitest';
import { recordOf, settingsOf } from '../../../tests/support/records';
import { answerSettings } from '../answerers';
import { reduce } from '../reduce';
import {
  answerersOf,
  askObstacle,
  type Known,
  ownTaskOf,
  pickable,
  runObstacle,
  taskOf,
  withWords,
} from './draft';
import { storedRuns } from '../runs';
import { menuKey, type Answerer, type AskDraft } from '../ask-state';
import { EMPTY_FORM, resolveForm, withEdit } from '../form-state';
import { initialState, type State } from '../state';

const knownOf = ({ form, files }: State): Known => ({
  resolved: resolveForm(form),
  stored: storedRuns(files ?? []),
});
const obstacleOf = (state: State) => askObstacle(state, knownOf(state));
const bare: Answerer = { kind: 'bare' };
const stored: Answerer = { kind: 'stored', outputDir: 'outputs/a', which: 'final' };

it('answers as the run of the adapter was trained, about the tasks of the page', () => {
  const page = settingsOf({ dataset: 'imported', maxTurns: 9 });
  const run = settingsOf({ outputDir: 'outputs/a', model: 'other', maxTurns: 2, baseWeights: 'int4' });
  const records = [recordOf('outputs/a', { settings: run })];
  expect(answerSettings(page, [bare], { records })).toBe(page);
  expect(answerSettings(page, [bare, stored], { records })).toEqual({ ...run, dataset: 'imported' });
  expect(answerSettings(page, [stored], { records: [] })).toBe(page);
  const elsewhere = settingsOf({ environment: 'mail-first-call' });
  expect(answerSettings(elsewhere, [stored], { records })).toEqual({
    ...elsewhere,
    model: 'other',
    baseWeights: 'int4',
  });
});

it('names tasks by what decides them', () => {
  const key = menuKey(settingsOf());
  expect(menuKey(settingsOf({ maxSteps: 3, outputDir: 'b', model: 'x' }))).toBe(key);
  for (const change of [
    { dataset: 'x' },
    { environment: 'mail-first-call' },
    { seed: 1 },
    { searchLimit: 3 },
  ]) {
    expect(menuKey(settingsOf(change))).not.toBe(key);
  }
});

it('asks during a run what shares its model and tasks, and says what does not', () => {
  const { settings } = resolveForm(EMPTY_FORM);
  const during: State = {
    ...initialState(EMPTY_FORM),
    records: [recordOf('outputs/now', { settings })],
    run: { ...initialState(EMPTY_FORM).run, status: 'running', recordId: 'session:outputs/now' },
  };
  expect(runObstacle(during, [bare], knownOf(during))).toBeNull();
  const other: State = { ...during, form: withEdit(EMPTY_FORM, 'dataset', 'imported') };
  expect(runObstacle(other, [bare], knownOf(other))).toContain('dataset “mailgym-office”');
  const after: State = { ...other, run: { ...other.run, status: 'ended' } };
  expect(runObstacle(after, [bare], knownOf(after))).toBeNull();
});

describe('the draft of a question', () => {
  const task = (id: string, question: string, inbox: string, split: 'test' | 'train' = 'test') => ({
    id,
    question,
    gold: 'Ines',
    split,
    level: 1,
    info: { inbox },
  });
  const menu = {
    title: 'Mail',
    tasks: [
      task('a', 'Who?', 'a@x.example'),
      task('b', 'Who?', 'b@x.example'),
      task('c', 'When?', 'b@x.example', 'train'),
    ],
    takesOwn: true,
    own: {
      emails: 2,
      inboxes: [
        { inbox: 'a@x.example', queryDate: '2024-05-20' },
        { inbox: 'b@x.example', queryDate: '2024-05-18' },
      ],
    },
  };
  const GPU: State['device'] = {
    kind: 'known',
    report: {
      ok: true,
      vendor: '',
      architecture: '',
      description: '',
      software: false,
      features: [],
      maxBufferBytes: 1,
    },
  };
  const there = (changes: Partial<AskDraft> = {}): State => {
    const found = { key: 'k', environment: 'mail', menu };
    const own = ownTaskOf(found).start(menu);
    const actions = [
      { kind: 'device', device: GPU },
      { kind: 'ask-menu', menu: found, own },
      { kind: 'ask-draft', changes },
    ] as const;
    return actions.reduce(reduce, initialState(EMPTY_FORM));
  };
  const written = (words: string): State => {
    const { ask } = there();
    return there(withWords(ask.draft, words, menu, ownTaskOf(ask.menu)));
  };

  it('words that are a task’s take its inbox along, unless the inbox tells the task apart', () => {
    expect(written('When?').ask.draft.own).toEqual({ inbox: 'b@x.example', queryDate: '2024-05-18' });
    expect(taskOf(written('Who? '))).toMatchObject({
      task: { kind: 'dataset', id: 'a' },
      gold: 'Ines',
      place: 'In the mail of a@x.example',
    });
    const other = there({ words: 'Who?', own: { inbox: 'b@x.example', queryDate: '' } });
    expect(taskOf(other).task).toEqual({ kind: 'dataset', id: 'b' });
  });

  it('other words are asked as they are, with the fields', () => {
    expect(taskOf(written('And now?'))).toEqual({
      task: {
        kind: 'own',
        input: { text: 'And now?', inbox: 'a@x.example', queryDate: '2024-05-20' },
      },
      text: 'And now?',
      place: 'In the mail of a@x.example',
      gold: null,
    });
  });

  it('a menu that goes takes the words along', () => {
    const state = reduce(written('Who?'), { kind: 'ask-menu', menu: null });
    expect(state.ask.draft.words).toBe('');
  });

  it('picks from what no run trains on', () => {
    expect(pickable(menu).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(pickable({ ...menu, tasks: menu.tasks.slice(2) }).map(({ id }) => id)).toEqual(['c']);
    expect(pickable(null)).toEqual([]);
  });

  it('says what is missing', () => {
    expect(obstacleOf(written('Who?'))).toBeNull();
    expect(obstacleOf(there())).toContain('Pick a question, or write one');
    expect(obstacleOf(there({ words: 'Who?', temperature: '11' }))).toContain('0 to 10');
    expect(obstacleOf(there({ words: 'Who?', temperature: '' }))).toContain('0 to 10');
    expect(obstacleOf(there({ words: 'Else?', own: { inbox: 'a@x.example', queryDate: '' } }))).toContain(
      'what day',
    );
    expect(obstacleOf(there({ words: 'Who?', answerer: 'upload' }))).toContain('adapter’s files');
  });

  it('is answered by the run of this visit until somebody is chosen, and by the bare model beside it', () => {
    const run = recordOf('outputs/now');
    const state: State = {
      ...there({ words: 'Who?' }),
      records: [run],
      run: { ...initialState(EMPTY_FORM).run, recordId: run.id },
      files: ['outputs/now/final/adapter_config.json', 'outputs/old/final/adapter_config.json'],
    };
    const who = { kind: 'stored', outputDir: 'outputs/now', which: 'final' };
    expect(answerersOf(state, knownOf(state))).toEqual([who]);
    const with_ = (changes: Partial<AskDraft>) =>
      answerersOf(reduce(state, { kind: 'ask-draft', changes }), knownOf(state));
    expect(with_({ beside: true })).toEqual([bare, who]);
    expect(with_({ answerer: 'bare', beside: true })).toEqual([bare]);
    expect(with_({ answerer: 'outputs/gone/final' })).toEqual([who]);
    expect(with_({ answerer: 'upload' })).toEqual([]);
    expect(with_({ answerer: 'upload', uploaded: { name: 'mine', files: [] } })).toMatchObject([
      { kind: 'uploaded', name: 'mine' },
    ]);
  });
});
