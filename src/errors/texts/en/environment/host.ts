/** Environments in files of users'. */
import type { Foreign } from '../../types';
export const host = {
  'environment/file-not-loaded': ({
    file,
    line,
    reason,
  }: {
    file: string;
    line: number | null;
    reason: Foreign;
  }) => `${file}${line === null ? '' : `:${line}`} cannot be loaded: ${reason}.`,
  'environment/file-no-environment': ({ file, hasDefault }: { file: string; hasDefault: boolean }) =>
    `${file} has ${hasDefault ? 'a default export that is no environment' : 'no default export'}. ` +
    'Write export default defineEnvironment({ … }).',
  'environment/no-files': ({ path }: { path: string }) =>
    `There is no file "${path}": this environment makes its own tasks.`,
  'environment/no-episode': ({ episode }: { episode: number }) => `There is no episode ${episode} here.`,
  'environment/foreign-task': ({ task, file }: { task: string; file: string }) =>
    `The task "${task}" is none of ${file}. Take tasks from its splits, or from ask().`,
  'environment/file-not-read': ({ path, reason }: { path: string; reason: Foreign }) =>
    `The environment file ${path} cannot be read: ${reason}.`,
  'environment/file-syntax': ({ file, reason }: { file: string; reason: Foreign }) =>
    `${file} cannot be read: ${reason}.`,
  'environment/file-no-module': ({ file, reason }: { file: string; reason: Foreign }) =>
    `${file} cannot be read as a module: ${reason}.`,
  'environment/file-imports': ({
    file,
    line,
    module,
    allowed,
    nodeModules,
  }: {
    file: string;
    line: number;
    module: string | null;
    allowed: string;
    nodeModules: boolean;
  }) =>
    `${file}:${line} imports ${module === null ? 'a module whose name is computed' : `"${module}"`}. A file that defines an environment is one file: it may import ` +
    `"${allowed}"${nodeModules ? ' and node: modules' : ''} only. Put what it needs into it.`,
  'environment/gave-no-tasks': ({ file }: { file: string }) => `${file} gave no tasks.`,
  'environment/closed': ({ file }: { file: string }) => `The environment of ${file} has been closed.`,
  'environment/file-unfinished': ({
    file,
    stage,
    reason,
  }: {
    file: string;
    stage: 'load' | 'tasks';
    reason: Foreign;
  }) => `${file} ${stage === 'load' ? 'did not load' : 'did not finish making its tasks'}: ${reason}.`,
  'environment/not-loaded': () => 'The environment was opened before it was loaded.',
  'environment/asks-nothing': () => 'This environment takes no tasks from visitors: its file has no ask().',
  'environment/not-opened': () => 'The environment was asked to play before it was opened.',
};
