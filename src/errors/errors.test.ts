import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expose, wrap } from 'comlink';
import { describe, expect, it } from 'vitest';
import { ConversationError } from '../conversation/errors';
import { SamplingStopped } from '../engine/transformers/generate-sampling';
import { MailGymError } from '../errors';
import { PolicyError } from './policy';
import { StorageError } from './storage';
import { TrainingError } from './training';
import { EnvironmentError } from '../env/errors';
import { CorpusError } from '../env/mail/corpus/types';
import { AgentError } from '../env/mail/types';
import { DeviceLostError, GpuError, OpError } from '../kernels/errors';
import { TraceError } from '../report/trace-reader';
import { DawnError } from '../run/platform/dawn-node';
import { SettingsError } from '../settings/values';
import { WorkerError } from '../ui/connect';
import { PageError } from '../ui/page-error';
import { ERROR_CODES } from './codes';
import { carryErrors } from './comlink';
import { errorFrom, errorRecord } from './transport';

const CLASSES = {
  ...{ MailGymError, EnvironmentError, CorpusError, AgentError, ConversationError, PolicyError },
  ...{ SamplingStopped, TrainingError, TraceError, StorageError, GpuError, DeviceLostError, DawnError },
  ...{ OpError, WorkerError, PageError },
};

describe('the family of errors', () => {
  it.each(Object.entries(CLASSES))('%s is of it, with the code of its name', (name, Class) => {
    const error = new Class('why');
    expect(error).toBeInstanceOf(MailGymError);
    expect([error.name, error.code]).toEqual([name, ERROR_CODES[name as keyof typeof ERROR_CODES]]);
    expect(error.message).toContain('why');
  });

  it('has a code of its own for every class, and a class for every code', () => {
    expect(new Set(Object.values(ERROR_CODES)).size).toBe(Object.keys(ERROR_CODES).length);
    const sources = ['src', 'scripts'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
        .map((path) => readFileSync(join(folder, path), 'utf8')),
    );
    const named = sources.flatMap((text) =>
      [...text.matchAll(/override name: ErrorName(?:<'\w+'>)? = '(\w+)'/g)].map(([, name]) => name),
    );
    expect(named.sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it('takes a longer code, params and a cause', () => {
    const cause = new RangeError('x');
    const error = new PolicyError('There is no a.json.', {
      ...{ cause, code: 'policy/no-file', params: { file: 'a.json' } },
    });
    expect(error).toMatchObject({ cause, code: 'policy/no-file', params: { file: 'a.json' } });
    expect('cause' in new PolicyError('x')).toBe(false);
    const problems = [{ key: 'beta', message: 'beta is -1.' }];
    expect(new SettingsError(problems)).toMatchObject({
      ...{ name: 'SettingsError', code: 'settings', params: { problems }, problems },
    });
    expect(new DeviceLostError('asleep').params).toEqual({ reason: 'asleep' });
  });
});

describe('errors on their way', () => {
  it('come back under their names, those of others as plain errors', () => {
    const back = errorFrom(structuredClone(errorRecord(new CorpusError('No mail.', { params: { n: 1 } }))));
    expect(back).toBeInstanceOf(MailGymError);
    expect(back).toMatchObject({
      ...{ name: 'CorpusError', message: 'No mail.', code: 'corpus', params: { n: 1 } },
    });
    const other = errorFrom(errorRecord(new RangeError('too long')));
    expect(other).not.toBeInstanceOf(MailGymError);
    expect([other.name, other.message]).toEqual(['RangeError', 'too long']);
  });

  it('cross Comlink with name, message, code and params', async () => {
    carryErrors();
    const { port1, port2 } = new MessageChannel();
    const thrown = new SettingsError([{ key: 'beta', message: 'beta is -1.' }]);
    const api = {
      fail: (): Promise<void> => Promise.reject(thrown),
      failOddly: (): void => {
        throw 'a text';
      },
    };
    // Comlink's types want a window's port; Node's does the same.
    expose(api, port1 as unknown as MessagePort);
    const remote = wrap<typeof api>(port2 as unknown as MessagePort);
    const error: unknown = await remote.fail().then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(MailGymError);
    expect(error).toMatchObject({
      ...{ name: 'SettingsError', message: 'beta is -1.', code: 'settings', params: thrown.params },
    });
    await expect(remote.failOddly()).rejects.toBe('a text');
    port1.close();
  });
});
