/** Messages and tools of a file that cannot be read. */
import type { TextsOf } from './types';
import { describe, lineProblem, listed, place } from './words';

export const conversation: TextsOf<'conversation'> = {
  'conversation/no-messages': ({ where, found }) =>
    `${place(where)} 应为消息列表，实为${describe(found)}。请写成 [{"role": "user", "content": …}, …]。`,
  'conversation/message-no-object': ({ where, found }) =>
    `${place(where)} 应为含 role 和 content 的对象，实为${describe(found)}。请写成这样的对象。`,
  'conversation/call-without-result': ({ where, found, id, name }) =>
    `${place(where)} 的角色是 ${describe(found)}，但 ${name} 的调用 ${id} 还没有结果。请补上它的 tool 消息，或删除该调用。`,
  'conversation/unknown-role': ({ where, found }) =>
    `${place(where)} 的角色是 ${describe(found)}。允许的角色：system、developer、user、assistant、tool。`,
  'conversation/function-call-outdated': ({ where }) =>
    `${place(where)} 用了过时的 "function_call"。请改写为 "tool_calls"。`,
  'conversation/message-empty': ({ where }) =>
    `${place(where)} 既没有内容也没有调用。请填写 "content" 或 "tool_calls"。`,
  'conversation/result-without-call': ({ where, id, open }) =>
    `${place(where)} 是${id === null ? '某个调用' : `调用 ${describe(id)} `}的结果，但${open.length === 0 ? '没有调用在等待结果' : `只有 ${listed(open)} 在等待结果`}。请把它放在含该调用的 assistant 消息之后，且只放一次。`,
  'conversation/result-of-other-tool': ({ where, found, id, name }) =>
    `${place(where)} 的名字是 ${describe(found)}，但它属于“${name}”的调用 ${id}。请改正名字或 tool_call_id，或让结果的顺序与调用一致。`,
  'conversation/weight': ({ where, found }) =>
    `${place(where)}："weight" 应为 0 或 1，实为${describe(found)}。请写其中之一。`,
  'conversation/content': ({ where, found }) =>
    `${place(where)}："content" 应为文本或文本片段的列表，实为${describe(found)}。请写文本。`,
  'conversation/content-part': ({ where, part, found }) =>
    `${place(where)}："content" 的第 ${part} 个片段不是文本（实为${'type' in found ? `类型 ${describe(found.type)}` : describe(found.value)}）。只能读取文本：请删除该片段。`,
  'conversation/calls-no-list': ({ where, found }) =>
    `${place(where)}："tool_calls" 应为列表，实为${describe(found)}。请写成列表。`,
  'conversation/call-id-twice': ({ where, id }) =>
    `${place(where)} 有两个调用的 id 都是 ${id}。请让每个调用有自己的 id。`,
  'conversation/call-no-object': ({ where, found }) =>
    `${place(where)} 应为含 "function" 的对象，实为${describe(found)}。请写成 {"id": …, "type": "function", "function": {"name": …, "arguments": …}}。`,
  'conversation/call-id': ({ where, found }) =>
    `${place(where)}："id" 应为文本，实为${describe(found)}。请写文本，或去掉它。`,
  'conversation/call-no-name': ({ where, found }) =>
    `${place(where)} 没有写函数名，实为${describe(found)}。请写出工具名。`,
  'conversation/arguments': ({ where, name, found }) =>
    `${place(where)}（“${name}”）："arguments" 应为对象或其 JSON 文本，实为${'notJson' in found ? `不是 JSON 的文本（${found.notJson}）` : describe(found.value)}。请改正参数。`,
  'conversation/line': ({ where, problem }) =>
    `${place(where)} ${lineProblem(problem)}。请改正或删除这一行。`,
  'conversation/none': ({ file, first }, tell) =>
    `${file} 中没有可用的对话${first === null ? '' : `；第一个问题：${tell(first)}`}。请每行写一个 JSON 对象，含 "messages"，或含 "prompt" 和 "completion"。`,
  'conversation/functions-outdated': ({ where }) =>
    `${place(where)} 用了过时的 "functions"。请改写为 "tools"。`,
  'conversation/first-role': ({ where, role }) =>
    `${place(where)} 的第一条消息的角色是 ${role}。请以 system 或 user 开头。`,
  'conversation/trains-nothing': ({ where }) =>
    `${place(where)} 没有参与训练的 assistant 消息。请加一条、把某条的 weight 设为 1，或删除这一行。`,
  'conversation/no-form': ({ where, found }) =>
    `${place(where)} 既没有 "messages"，也没有 "prompt" 和 "completion"，实为${describe(found)}。请写成两种形式之一。`,
  'conversation/side': ({ where, found }) =>
    `${place(where)} 应为文本或消息列表，实为${describe(found)}。请写成其中一种。`,
  'conversation/tools-no-list': ({ where, found }) =>
    `${place(where)}："tools" 应为工具 schema 的列表或其 JSON 文本，实为${describe(found)}。请写成 [{"type": "function", "function": {"name": …, "description": …, "parameters": …}}]。`,
  'conversation/tool-twice': ({ where, name }) =>
    `${place(where)}：有两个工具都叫“${name}”。请让每个工具有自己的名字。`,
  'conversation/tools-no-json': ({ where, reason }) =>
    `${place(where)}："tools" 是一段文本，但不是 JSON（${reason}）。请直接写列表，或写它的 JSON 文本。`,
  'conversation/tool-no-object': ({ where, found }) =>
    `${place(where)} 应为含 "function" 的对象，实为${describe(found)}。请写成 {"type": "function", "function": {"name": …}}。`,
  'conversation/tool-no-name': ({ where, found }) =>
    `${place(where)} 没有名字，实为${describe(found)}。请写出函数名。`,
  'conversation/tool-description': ({ where, name, found }) =>
    `${place(where)}（“${name}”）："description" 应为文本，实为${describe(found)}。请写文本，或去掉它。`,
  'conversation/tool-parameters': ({ where, name, found }) =>
    `${place(where)}（“${name}”）："parameters" 应为 JSON Schema，实为${describe(found)}。请写成对象，例如 {"type": "object", "properties": {…}}。`,
};
