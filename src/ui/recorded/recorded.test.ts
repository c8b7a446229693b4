import { readFileSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { TrainerApi } from '../../../workers/api';
import { keptStep, parseBatch, parseFollowed } from '../../report/kept-trajectories';
import { unzipFiles } from '../../formats/zip';
import { recordColour, recordName } from '../records';
import { loadRun, storedRuns } from '../runs';
import type { RunRecord } from '../state';
import { RECORDED, RECORDED_IDS, recordedDir, recordedOf, RecordedRuns, type RecordedRun } from './recorded';

const MOST_BYTES = 1.5e6;
const fileOf = (id: string) => `public/recorded/${id}.zip`;
const response = (status: number, bytes: Uint8Array = new Uint8Array()) =>
  Promise.resolve(new Response(new Uint8Array(bytes), { status }));

/** A worker whose storage is refused, as in a private window. */
const refused = {
  listFiles: () => Promise.reject(new Error('no storage')),
  readFile: () => Promise.reject(new Error('no storage')),
  writeFile: () => Promise.reject(new Error('no storage')),
} as unknown as TrainerApi;

async function opened() {
  const asked = vi.fn((address: string) =>
    response(200, readFileSync(fileOf(/([^/]+)\.zip$/.exec(address)?.[1] ?? ''))),
  );
  const runs = new RecordedRuns(asked);
  const api = runs.beside(refused);
  const before = asked.mock.calls.length;
  for (const run of RECORDED) await runs.open(run);
  const files = await api.listFiles('');
  const records = new Map<string, RunRecord>();
  for (const { outputDir } of storedRuns(files)) {
    const record = await loadRun(api, outputDir, files);
    if (record !== null) records.set(outputDir, record);
  }
  return { asked, before, runs, api, files, records };
}
type Opened = Awaited<ReturnType<typeof opened>>;

let all: Opened;
beforeAll(async () => {
  vi.stubGlobal('document', { baseURI: 'https://example.org/page/' });
  all = await opened();
});
const recordOf = (run: RecordedRun) => all.records.get(recordedDir(run)) as RunRecord;

describe('recorded runs', () => {
  it('are three small files that are named in the list as they are', () => {
    expect(RECORDED.map(({ id }) => id)).toEqual([...RECORDED_IDS]);
    for (const { id, bytes } of RECORDED) expect(statSync(fileOf(id)).size).toBe(bytes);
    expect(RECORDED.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(MOST_BYTES);
  });

  it('name no folder of the machine that they were made on', () => {
    for (const { id } of RECORDED) {
      const files = unzipFiles(new Uint8Array(readFileSync(fileOf(id))), id);
      const settings = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as Record<
        string,
        unknown
      >;
      expect(settings['outputDir']).toBe(`recorded/${id}`);
      for (const bytes of files.values())
        expect(new TextDecoder().decode(bytes)).not.toMatch(/\/(tmp|work|home|root)\//);
    }
  });

  it('are fetched when they are opened, once, from beside the page', async () => {
    expect(all.before).toBe(0);
    expect(all.asked.mock.calls.map(([address]) => address)).toEqual(
      RECORDED_IDS.map((id) => `https://example.org/page/recorded/${id}.zip`),
    );
    await all.runs.open(RECORDED[0] as RecordedRun);
    expect(all.asked).toHaveBeenCalledTimes(RECORDED.length);
  });

  it('have curves, evaluations and, one of them, a warm start; without any storage', () => {
    for (const run of RECORDED) {
      const { steps, evaluations, settings, label, warmStart } = recordOf(run);
      expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
      const first = run.id === 'warm-start' ? [-10] : [];
      expect(evaluations.map(({ step }) => step)).toEqual([...first, 0, 6, 12]);
      expect(settings?.mode).toBe(run.mode);
      expect(label).toMatchObject({ started: run.started, preset: 'quick', importedFrom: null });
      expect((warmStart ?? []).length > 0).toBe(run.id === 'warm-start');
    }
  });

  it('have every step’s conversations with what the step did to their tokens, and the followed question', async () => {
    const text = async (path: string) =>
      new TextDecoder().decode((await all.api.readFile(path)) ?? undefined);
    for (const run of RECORDED) {
      const folder = `${recordedDir(run)}/`;
      const steps = all.files.filter((path) => path.startsWith(folder) && keptStep(path) !== null);
      expect(steps).toHaveLength(12);
      for (const path of steps) {
        const { items } = parseBatch(await text(path)) ?? { items: [] };
        expect(items).toHaveLength(24);
        for (const item of items) {
          expect(item.ids).toHaveLength(item.tokens.length);
          expect(item.update !== undefined).toBe(item.kept);
        }
        const moves = items.flatMap(({ update }) => update?.moves ?? []);
        expect(moves.length > 0).toBe(items.some(({ kept }) => kept));
      }
      const followed = parseFollowed(await text(`${folder}page/followed.jsonl`));
      expect(followed.map(({ step }) => step)).toEqual([0, 4, 8, 12]);
    }
  });

  it('are told apart from the visitor’s own, and wear their modes’ colours', () => {
    expect(RECORDED.map((run) => recordName(recordOf(run)))).toEqual([
      'Recorded: masked',
      'Recorded: unmasked',
      'Recorded: masked, after a warm start',
    ]);
    expect(recordColour(recordOf(RECORDED[0] as RecordedRun))).toBe('--mode-masked');
    expect(recordedOf('outputs/masked')).toBeNull();
  });

  it('can be written on and removed, and leave the storage alone', async () => {
    const writes = vi.fn(() => Promise.resolve());
    const { runs } = await opened();
    const api = runs.beside({
      ...refused,
      writeFile: writes,
      removeFiles: writes,
      listFiles: async () => ['outputs/a/x'],
    });
    await api.writeFile('recorded/masked/page/label.json', Uint8Array.of(1));
    expect(await api.readFile('recorded/masked/page/label.json')).toEqual(Uint8Array.of(1));
    await api.removeFiles('recorded/masked/');
    expect(writes).not.toHaveBeenCalled();
    const left = await api.listFiles('');
    expect(left[0]).toBe('outputs/a/x');
    expect(left.some((path) => path.startsWith('recorded/masked/'))).toBe(false);
    await api.writeFile('outputs/a/y', Uint8Array.of(1));
    expect(writes).toHaveBeenCalledTimes(1);
  });

  it('that cannot be fetched say so', async () => {
    const runs = new RecordedRuns(() => response(404));
    await expect(runs.open(RECORDED[0] as RecordedRun)).rejects.toMatchObject({
      code: 'page/recorded',
      params: { file: 'recorded/masked.zip', status: 404 },
    });
  });
});
