import { readdirSync, readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { metricsOf, recordOf } from '../../../tests/support/records';
import { storedRuns } from '../runs';
import type { PickedFile } from '../parts/dropped-files';
import { folderName, lotsOf, MOST_BYTES } from './given';
import { importLots } from './importing';
import { BLANK_LABEL, LABEL_FILE, parseLabel } from './label';

const FIXTURE = 'tests/fixtures/run-4e8ab61';
const picked = (path: string, content: string | Uint8Array<ArrayBuffer>): PickedFile => ({
  path,
  file: new File([content], path.split('/').at(-1) ?? path, { lastModified: 5 }),
});
/** A folder that an earlier version's `npm run train` has written. */
const folder = (): PickedFile[] =>
  readdirSync(FIXTURE, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[a-z]+$/.test(path))
    .map((path) => picked(`outputs/mine/${path}`, new Uint8Array(readFileSync(`${FIXTURE}/${path}`))));
const metrics = (seed: number): string => `${JSON.stringify(metricsOf(1, { rewardMean: seed }))}\n`;
const zip = (name: string, files: Readonly<Record<string, string>>): PickedFile =>
  picked(
    name,
    new Uint8Array(
      zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))),
    ),
  );

function storage(most = Infinity) {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    api: {
      listFiles: () => Promise.resolve([...files.keys()]),
      writeFile: (path: string, bytes: Uint8Array) =>
        files.size >= most
          ? Promise.reject(new Error('The storage is full.'))
          : Promise.resolve(void files.set(path, bytes)),
      removeFiles: (prefix: string) => {
        for (const path of files.keys()) if (path.startsWith(prefix)) files.delete(path);
        return Promise.resolve();
      },
    },
  };
}

describe('runs in files', () => {
  it('a folder of a headless run is taken, without what only going on with it needs', async () => {
    const { api, files } = storage();
    const { added, refused } = await importLots(api, lotsOf(folder()), []);
    expect({ added, refused }).toEqual({ added: ['other-runs/mine'], refused: [] });
    const [run] = storedRuns([...files.keys()]);
    expect(run).toEqual({
      outputDir: 'other-runs/mine',
      adapters: ['best_model'],
      hasMetrics: true,
      unfinished: false,
    });
    const label = parseLabel(new TextDecoder().decode(files.get(`other-runs/mine/${LABEL_FILE}`)));
    expect(label).toMatchObject({ importedFrom: 'outputs/mine', started: Date.UTC(2025, 0, 2) });
  });

  it('thirty zips at once: the good ones are added, each bad one is named with its reason', async () => {
    const good = Array.from({ length: 30 }, (_, i) =>
      zip(`pupil ${i + 1}.zip`, { 'metrics.jsonl': metrics(i), 'config.json': '{"mode":"masked"}' }),
    );
    const bad = [
      picked('photo.zip', 'no zip'),
      zip('empty.zip', { 'readme.txt': 'hello' }),
      zip('broken.zip', { 'metrics.jsonl': '{"step":1,"rew' }),
      zip('odd.zip', { 'metrics.jsonl': '{"step":"x","rewardMean":1,"accuracy":1,"mode":"masked"}' }),
      zip('again.zip', { 'metrics.jsonl': metrics(3) }),
      picked('notes.txt', 'hello'),
    ];
    const { api } = storage();
    const { added, refused } = await importLots(api, lotsOf([...good, ...bad]), []);
    expect(added).toHaveLength(30);
    expect(added[1]).toBe('other-runs/pupil-2');
    expect(refused.map(({ source }) => source)).toEqual([
      'photo.zip',
      'empty.zip',
      'broken.zip',
      'odd.zip',
      'again.zip',
      'notes.txt',
    ]);
    const reasons = refused.map(({ reason }) => reason);
    expect(reasons[0]).toContain('zip');
    expect(reasons[1]).toContain('no metrics.jsonl');
    expect(reasons[2]).toContain('no step');
    expect(reasons[3]).toContain('no step');
    expect(reasons[4]).toContain('here already');
    expect(reasons[5]).toContain('no run');
  });

  it('a run that is there is not added twice, under whatever name', async () => {
    const { api } = storage();
    const there = recordOf('outputs/a', { steps: [metricsOf(1, { rewardMean: 4 })] });
    const { added, refused } = await importLots(
      api,
      lotsOf([zip('b.zip', { 'x/metrics.jsonl': metrics(4) })]),
      [there],
    );
    expect([added.length, refused.length]).toEqual([0, 1]);
  });

  it('name, note and tags come with it, and an adapter brings its settings', async () => {
    const label = { ...BLANK_LABEL, name: 'Ines', started: 9 };
    const { api, files } = storage();
    await importLots(
      api,
      lotsOf([
        zip('a.zip', {
          'metrics.jsonl': metrics(1),
          [LABEL_FILE]: JSON.stringify(label),
          '../evil.txt': 'x',
        }),
        zip('b.zip', { 'metrics.jsonl': metrics(2), 'metadata.json': '{"settings":{"mode":"rollout"}}' }),
      ]),
      [],
    );
    const text = (path: string) => new TextDecoder().decode(files.get(path));
    expect(parseLabel(text(`other-runs/a/${LABEL_FILE}`))).toEqual({ ...label, importedFrom: 'a.zip' });
    expect(text('other-runs/b/config.json')).toBe('{"mode":"rollout"}');
    expect([...files.keys()].some((path) => path.includes('evil'))).toBe(false);
  });

  it('what does not fit into the storage leaves nothing behind', async () => {
    const { api, files } = storage(3);
    const { added, refused } = await importLots(
      api,
      lotsOf([zip('a.zip', { 'metrics.jsonl': metrics(1) }), zip('b.zip', { 'metrics.jsonl': metrics(2) })]),
      [],
    );
    expect(added).toEqual(['other-runs/a']);
    expect(refused).toEqual([{ source: 'b.zip', reason: 'The storage is full.' }]);
    expect([...files.keys()].some((path) => path.startsWith('other-runs/b/'))).toBe(false);
  });

  it('what is too large is not read', async () => {
    const large = picked('large.zip', '');
    Object.defineProperty(large.file, 'size', { value: MOST_BYTES + 1 });
    await expect(lotsOf([large])[0]?.runs()).rejects.toMatchObject({ code: 'page/run-large' });
  });
});

it('folders have plain names', () => {
  expect(folderName('My runs/Ines, 7b (2).zip')).toBe('Ines-7b-2');
  expect(folderName('跑.zip')).toBe('跑');
  expect(folderName('...')).toBe('run');
});
