/** Where a model keeps its chat templates: a file of its own, tokenizer_config.json, or a folder of further ones. */
import type { ModelFiles } from '../formats/files';
import { isJsonObject } from '../conversation/json';

/** Texts of templates by name; `default` is the one without a name. */
export type ChatTemplates = Readonly<Record<string, string>>;

const FILE = 'chat_template.jinja';
/** Of the folder's templates only this one is ever chosen by itself. */
const TOOL_USE = 'additional_chat_templates/tool_use.jinja';

/**
 * As transformers reads them: `chat_template.jinja` beats `chat_template` of tokenizer_config.json, which may be a text or
 * a list of `{name, template}`; `additional_chat_templates/tool_use.jinja` beats one of that name in the list.
 * @param inConfig `chat_template` of tokenizer_config.json
 */
export async function readChatTemplates(files: ModelFiles, inConfig: unknown): Promise<ChatTemplates> {
  const read = async (path: string): Promise<string | null> =>
    (await files.has(path)) ? new TextDecoder().decode(await files.read(path)) : null;
  const own = await read(FILE);
  const toolUse = await read(TOOL_USE);
  return {
    ...templatesOf(inConfig),
    ...(own === null ? {} : { default: own }),
    ...(toolUse === null ? {} : { tool_use: toolUse }),
  };
}

function templatesOf(value: unknown): Record<string, string> {
  if (typeof value === 'string') return { default: value };
  const named = Array.isArray(value)
    ? value.filter(isJsonObject).map(({ name, template }) => [name, template] as const)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return Object.fromEntries(
    named.filter(
      (entry): entry is readonly [string, string] =>
        typeof entry[0] === 'string' && typeof entry[1] === 'string',
    ),
  );
}

/** The template for a conversation with or without tools; null where there is none. */
export function chosenTemplate(templates: ChatTemplates, hasTools: boolean): string | null {
  const { default: plain, tool_use: toolUse } = templates;
  return (hasTools ? (toolUse ?? plain) : (plain ?? toolUse)) ?? null;
}
