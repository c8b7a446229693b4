/** Environments in files of users'. */
import type { host as english } from '../../../../../errors/texts/en/environment/host';
import type { Like } from '../types';

export const host: Like<typeof english> = {
  'environment/file-not-loaded': ({ file, line, reason }) =>
    `${file}${line === null ? '' : `:${line}`} 无法加载：${reason}。`,
  'environment/file-no-environment': ({ file, hasDefault }) =>
    `${file} ${hasDefault ? '的默认导出不是环境' : '没有默认导出'}。请写 export default defineEnvironment({ … })。`,
  'environment/no-files': ({ path }) => `没有文件“${path}”：这个环境自己生成任务。`,
  'environment/no-episode': ({ episode }) => `这里没有回合 ${episode}。`,
  'environment/foreign-task': ({ task, file }) =>
    `任务“${task}”不属于 ${file}。请从它的各个划分或 ask() 中取任务。`,
  'environment/file-not-read': ({ path, reason }) => `环境文件 ${path} 无法读取：${reason}。`,
  'environment/file-syntax': ({ file, reason }) => `${file} 无法读取：${reason}。`,
  'environment/file-no-module': ({ file, reason }) => `${file} 不能作为模块读取：${reason}。`,
  'environment/file-imports': ({ file, line, module, allowed, nodeModules }) =>
    `${file}:${line} 导入了${module === null ? '一个名字是算出来的模块' : `“${module}”`}。定义环境的文件只能是一个文件：它只可以导入“${allowed}”${nodeModules ? '和 node: 模块' : ''}。请把需要的内容写进这个文件。`,
  'environment/gave-no-tasks': ({ file }) => `${file} 没有给出任务。`,
  'environment/closed': ({ file }) => `${file} 的环境已关闭。`,
  'environment/file-unfinished': ({ file, stage, reason }) =>
    `${file} ${stage === 'load' ? '没有加载完' : '没有生成完任务'}：${reason}。`,
  'environment/not-loaded': () => '环境还没加载就被打开了。',
  'environment/asks-nothing': () => '这个环境不接受访问者的任务：它的文件没有 ask()。',
  'environment/not-opened': () => '环境还没打开就被要求运行。',
};
