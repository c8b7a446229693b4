import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { GpuError, DeviceLostError } from '../../src/kernels/errors';
import { DawnError } from '../../src/run/platform/dawn-node';
import { SettingsError, settingProblem } from '../../src/settings/values';
import { SetupError } from '../setup/system';
import { CommandError } from './command-error';
import { EXIT, exitCodeOf } from './exit-codes';
import { REPOSITORY } from './page';

test.each([
  ['an option that is none', new CommandError('x'), EXIT.misused],
  ['a setting', new SettingsError([settingProblem('a', 'settings/no-value', { name: 'a' })]), EXIT.misused],
  ['no driver', DawnError.of('dawn/no-driver'), EXIT.noDevice],
  ['a machine that lacks something', new SetupError('x'), EXIT.noDevice],
  ['software where a card is required', GpuError.of('gpu/software-refused', { adapter: 'x' }), EXIT.noDevice],
  ['no card where one is required', GpuError.of('gpu/card-missing', { reason: 'x' }), EXIT.noDevice],
  ['no adapter', GpuError.of('gpu/no-adapter'), EXIT.noDevice],
  ['another card', GpuError.of('gpu/other-adapter', { asked: 'x', found: [] }), EXIT.noDevice],
  ['no device in the browser', GpuError.of('gpu/none-here', { problem: 'x', remedy: 'y' }), EXIT.noDevice],
  [
    'a device that computes wrongly',
    GpuError.of('gpu/miscomputes', { adapter: 'x', what: 'y', problems: [] }),
    EXIT.noDevice,
  ],
  ['a device that was lost on the way', new DeviceLostError('x'), EXIT.failed],
  ['too little memory', GpuError.of('gpu/out-of-memory', { reason: 'x' }), EXIT.failed],
  ['a defect', new TypeError('x'), EXIT.failed],
] as const)('%s', (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test('a command ends with it, and tells why', () => {
  const words = ['--import', 'tsx', 'scripts/train.ts', '--runtime', 'node', '--maxMinutes', 'soon'];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: REPOSITORY, encoding: 'utf8' });
  expect([status, stderr.trim()]).toEqual([
    EXIT.misused,
    "CommandError: maxMinutes is 'soon'; write a number above 0, at most 35000.",
  ]);
});
