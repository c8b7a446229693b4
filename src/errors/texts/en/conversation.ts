/** Texts of ConversationError: messages and tools of a file that cannot be read. */
import type { LineProblem, Picture } from '../picture';
import type { Foreign, Tell, Told } from '../types';
import { describe, lineProblem, place, type At, type Found } from './words';

export const conversation = {
  'conversation/no-messages': ({ where, found }: Found) =>
    `${place(where)} should be a list of messages, found ${describe(found)}. ` +
    'Write [{"role": "user", "content": …}, …].',
  'conversation/message-no-object': ({ where, found }: Found) =>
    `${place(where)} should be an object with role and content, found ${describe(found)}. Write it as one.`,
  'conversation/call-without-result': ({ where, found, id, name }: Found & { id: string; name: string }) =>
    `${place(where)} has the role ${describe(found)}, but call ${id} of ${name} has no result yet. ` +
    'Add its tool message, or remove the call.',
  'conversation/unknown-role': ({ where, found }: Found) =>
    `${place(where)} has the role ${describe(found)}. Allowed: system, developer, user, assistant, tool.`,
  'conversation/function-call-outdated': ({ where }: At) =>
    `${place(where)} has the outdated "function_call". Write it as "tool_calls".`,
  'conversation/message-empty': ({ where }: At) =>
    `${place(where)} says and calls nothing. Fill "content" or "tool_calls".`,
  'conversation/result-without-call': ({
    where,
    id,
    open,
  }: At & { id: Picture | null; open: readonly string[] }) =>
    `${place(where)} is the result of ${id === null ? 'a call' : `the call ${describe(id)}`}, but ${open.length === 0 ? 'no call waits for one' : `only ${open.join(', ')} waits for one`}. ` +
    'Put it after the assistant message with that call, once.',
  'conversation/result-of-other-tool': ({ where, found, id, name }: Found & { id: string; name: string }) =>
    `${place(where)} is named ${describe(found)}, but belongs to call ${id} of "${name}". ` +
    'Correct the name or the tool_call_id, or bring results into the order of their calls.',
  'conversation/weight': ({ where, found }: Found) =>
    `${place(where)}: "weight" should be 0 or 1, found ${describe(found)}. Write one of them.`,
  'conversation/content': ({ where, found }: Found) =>
    `${place(where)}: "content" should be text or a list of text parts, found ${describe(found)}. Write text.`,
  'conversation/content-part': ({
    where,
    part,
    found,
  }: At & { part: number; found: { type: Picture } | { value: Picture } }) =>
    `${place(where)}: part ${part} of "content" is not text (found ${'type' in found ? `type ${describe(found.type)}` : describe(found.value)}). Only text can be read: remove the part.`,
  'conversation/calls-no-list': ({ where, found }: Found) =>
    `${place(where)}: "tool_calls" should be a list, found ${describe(found)}. Write a list.`,
  'conversation/call-id-twice': ({ where, id }: At & { id: string }) =>
    `${place(where)} has two calls with the id ${id}. Give every call its own id.`,
  'conversation/call-no-object': ({ where, found }: Found) =>
    `${place(where)} should be an object with "function", found ${describe(found)}. ` +
    'Write {"id": …, "type": "function", "function": {"name": …, "arguments": …}}.',
  'conversation/call-id': ({ where, found }: Found) =>
    `${place(where)}: "id" should be text, found ${describe(found)}. Write text or leave it out.`,
  'conversation/call-no-name': ({ where, found }: Found) =>
    `${place(where)} names no function, found ${describe(found)}. Name the tool.`,
  'conversation/arguments': ({
    where,
    name,
    found,
  }: At & { name: string; found: { notJson: string } | { value: Picture } }) =>
    `${place(where)} of "${name}": "arguments" should be an object or its JSON text, found ${'notJson' in found ? `text that is not JSON (${found.notJson})` : describe(found.value)}. Correct the arguments.`,
  'conversation/line': ({ where, problem }: At & { problem: LineProblem }) =>
    `${place(where)} ${lineProblem(problem)}. Fix or remove the line.`,
  'conversation/none': ({ file, first }: { file: string; first: Told | null }, tell: Tell) =>
    `${file} has no conversation that can be used${first === null ? '' : `; the first problem: ${tell(first)}`}. ` +
    'Give one JSON object a line, with "messages" or with "prompt" and "completion".',
  'conversation/functions-outdated': ({ where }: At) =>
    `${place(where)} has the outdated "functions". Write them as "tools".`,
  'conversation/first-role': ({ where, role }: At & { role: string }) =>
    `${place(where)} begins with a message of the role ${role}. Begin with the system or the user.`,
  'conversation/trains-nothing': ({ where }: At) =>
    `${place(where)} has no assistant message that trains. Add one, give one the weight 1, or remove the line.`,
  'conversation/no-form': ({ where, found }: Found) =>
    `${place(where)} has neither "messages" nor "prompt" with "completion", but is ${describe(found)}. ` +
    'Write one of the two forms.',
  'conversation/side': ({ where, found }: Found) =>
    `${place(where)} should be text or a list of messages, found ${describe(found)}. Write one of the two.`,
  'conversation/tools-no-list': ({ where, found }: Found) =>
    `${place(where)}: "tools" should be a list of tool schemas or JSON text of one, found ${describe(found)}. ` +
    'Write [{"type": "function", "function": {"name": …, "description": …, "parameters": …}}].',
  'conversation/tool-twice': ({ where, name }: At & { name: string }) =>
    `${place(where)}: two tools are named "${name}". Give every tool its own name.`,
  'conversation/tools-no-json': ({ where, reason }: At & { reason: Foreign }) =>
    `${place(where)}: "tools" is a text that is not JSON (${reason}). Write the list itself, or its JSON text.`,
  'conversation/tool-no-object': ({ where, found }: Found) =>
    `${place(where)} should be an object with "function", found ${describe(found)}. ` +
    'Write {"type": "function", "function": {"name": …}}.',
  'conversation/tool-no-name': ({ where, found }: Found) =>
    `${place(where)} has no name, found ${describe(found)}. Name the function.`,
  'conversation/tool-description': ({ where, name, found }: Found & { name: string }) =>
    `${place(where)} ("${name}"): "description" should be text, found ${describe(found)}. Write text or leave it out.`,
  'conversation/tool-parameters': ({ where, name, found }: Found & { name: string }) =>
    `${place(where)} ("${name}"): "parameters" should be a JSON Schema, found ${describe(found)}. ` +
    'Write an object such as {"type": "object", "properties": {…}}.',
};
