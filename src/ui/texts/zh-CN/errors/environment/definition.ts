/** Definitions of environments, their tasks, tools and episodes. */
import type { definition as english } from '../../../../../errors/texts/en/environment/definition';
import type { Kind, TaskField } from '../../../../../errors/texts/kind';
import type { Like } from '../types';
import { listed, place } from '../words';

const KINDS: Readonly<Record<Extract<Kind, string>, string>> = {
  missing: '缺失',
  null: 'null',
  empty: '空的',
  'empty-list': '空列表',
  list: '列表',
  object: '对象',
  function: '函数',
};

const kind = (found: Kind): string =>
  typeof found === 'string' ? KINDS[found] : `${found.type} ${found.value}`;

const TASK_RULES: Readonly<Record<TaskField, string>> = {
  id: '请给每个任务一段与其他任务都不同的文本。',
  prompt: '请给出文本，或非空的消息列表 { role, content }。',
  answer: '请给出文本或 null。',
  level: '请给出不小于 1 的数。',
  info: '请给出 JSON 能表示的数据对象：不含函数，没有循环引用。',
};

const WHAT = { setting: '设置', metric: '指标', reward: '奖励' };

export const definition: Like<typeof english> = {
  'environment/no-tool': ({ environment, task }) =>
    `环境“${environment}”没有给任务“${task}”任何工具。请给一个，或去掉 tools。`,
  'environment/system-no-text': ({ environment, type, task }) =>
    `环境“${environment}”：system 对任务“${task}”返回了 ${type}。请返回文本。`,
  'environment/id': ({ found }) =>
    `有一个环境的 id 是 ${found}。请使用不超过 64 个字母、数字、- 和 _，例如 "countdown"。`,
  'environment/tools-no-object': ({ where }) =>
    `${place(where)}：tools() 没有返回对象。请返回 { name: tool(…), … }。`,
  'environment/tool-name': ({ where, name }) =>
    `${place(where)} 有一个叫“${name}”的工具。请使用不超过 64 个字母、数字和 _，且不以数字开头。`,
  'environment/no-tool-made': ({ where, name }) =>
    `${place(where)}：“${name}”不是工具。请用 tool(description, schema, run) 创建。`,
  'environment/tool-lost': ({ where, description }) =>
    `${place(where)}：tools() 创建了工具“${description}”，但没有返回它。是不是两个工具同名？请各用各的名字；只有部分任务才有的工具，请只为那些任务创建。`,
  'environment/name-taken': ({ name }) => `文件不能叫“${name}”，因为内置环境已用这个名字。请重命名。`,
  'environment/unknown': ({ name, known }) =>
    `没有环境“${name}”。现有的环境是 ${listed(known)}；在命令行中也可以写定义环境的文件的路径，页面也接受这样的文件。`,
  'environment/tasks-no-list': ({ where, found }) =>
    `${place(where)}：tasks() 返回了${kind(found)}。请返回任务的数组或其他可迭代对象。`,
  'environment/task-id-twice': ({ where, id }) =>
    `${place(where)}：有两个任务的 id 都是“${id}”。请各用各的 id。`,
  'environment/no-tasks': ({ where }) =>
    `${place(where)}：tasks() 没有返回任务。请为每个划分至少给出一个任务。`,
  'environment/task-no-object': ({ where, found }) =>
    `${place(where)} 是${kind(found)}。任务应为含 id 和 prompt 的对象。`,
  'environment/task-field': ({ where, id, field, found }) =>
    `${place(where)}${field === 'id' ? '' : `（“${id}”）`}：${field} 是${kind(found)}。${TASK_RULES[field]}`,
  'environment/episode-running': ({ task, turns }) =>
    `任务“${task}”的回合在 ${turns} 轮之后仍在进行。请在 step() 完成后、或 truncate() 之后再取结果。`,
  'environment/episode-not-running': ({ call, task, stop }) =>
    `对任务“${task}”的回合调用了 ${call}()，但该回合${stop === null ? '还在处理一轮' : `已结束（${stop}）`}。` +
    (stop === null ? '请等它的 step 完成。' : '请开始一个新回合。'),
  'environment/tool-no-schema': ({ description }) =>
    `工具“${description}”的参数不是 z.object。请写 z.object({ name: z.string(), … })；没有参数时写 z.object({})。`,
  'environment/tool-no-json-schema': ({ description, reason }) =>
    `工具“${description}”的参数无法写成 JSON Schema：${reason}。请使用 JSON 有的类型，其余用 z.string() 或 z.enum()。`,
  'environment/tool-no-description': () => '有一个工具没有说明。请用一句话说明它做什么：策略会读到。',
  'environment/no-title': ({ environment }) => `环境“${environment}”没有标题。请写几个给人看的字。`,
  'environment/no-tasks-function': ({ environment }) =>
    `环境“${environment}”没有 tasks 函数。请用它返回某个划分的任务。`,
  'environment/setting-taken': ({ environment, name }) =>
    `环境“${environment}”有设置“${name}”，但每次运行都已有同名设置。请重命名。`,
  'environment/setting-default': ({ environment, problem }, tell) =>
    `环境“${environment}”不能使用：${tell(problem)}`,
  'environment/metric-taken': ({ environment, name }) =>
    `环境“${environment}”有指标“${name}”，但每个带工具的环境都已有同名指标。请重命名。`,
  'environment/no-reward': ({ environment }) =>
    `环境“${environment}”没有奖励。请至少写一个，或去掉 rewards。`,
  'environment/no-weights': ({ environment }) =>
    `环境“${environment}”的 rewardWeights 中没有任何一套权重。请至少写一套，或去掉 rewardWeights。`,
  'environment/weight-of-nothing': ({ environment, part, set, parts }) =>
    `环境“${environment}”的权重“${set}”中有“${part}”，但没有叫这个名字的奖励。现有的奖励是 ${listed(parts)}。`,
  'environment/weight-not-finite': ({ environment, part, set, weight }) =>
    `环境“${environment}”的权重“${set}”给“${part}”的值是 ${weight}。请给出有限的数。`,
  'environment/name': ({ environment, what, name }) =>
    `环境“${environment}”有一个叫“${name}”的${WHAT[what]}。请使用不超过 64 个字母、数字和 _，且不以数字开头。`,
};
