/** What a model would be shown, and how it would be understood: its chat, without its weights. */
import { createChatFormat, templateOptions } from '../../src/chat/chat-format';
import { readingSlips } from '../../src/chat/slips';
import type { ModelChat } from '../../src/chat/types';
import { parsedTurn } from '../../src/conversation/turn';
import type { ParsedTurn, ToolMessage } from '../../src/conversation/types';
import { loadModelConfig, modelHints } from '../../src/engine/model/config';
import { EnvironmentError } from '../../src/env/errors';
import { SPLITS, type Episode, type Task } from '../../src/env/types';
import { PolicyError } from '../../src/errors/policy';
import { readJson, type ModelFiles } from '../../src/formats/files';
import { Random } from '../../src/random/philox';
import { Session, type RunPlatform } from '../../src/run/session';
import type { Settings } from '../../src/settings/settings';
import type { TokenId } from '../../src/tokens/types';

export interface ShownText {
  readonly text: string;
  readonly tokens: number;
}

/** All that the command prints, as `--json` has it. */
export interface PromptReport {
  readonly model: string;
  readonly environment: string;
  readonly task: string;
  /** How the conversation is put to the template. */
  readonly dialect: ModelChat['dialect'];
  /** The form of calls that is read. */
  readonly form: string;
  /** Whether a turn begins inside of a thought. */
  readonly thinking: boolean;
  readonly notices: readonly string[];
  readonly stopTokens: readonly { readonly id: TokenId; readonly text: string }[];
  readonly prompt: ShownText;
  /** What follows a turn with one call, from after its stop token to the next turn; null without tools. */
  readonly continuation: ShownText | null;
  /** How the given text of a turn is understood; null where none was given. */
  readonly parsed: ParsedTurn | null;
}

/**
 * @param taskId of the task to show; null for the first
 * @param text of an assistant's turn, or null
 * @throws PolicyError, EnvironmentError
 */
export async function promptReport(
  platform: Omit<RunPlatform, 'webgpu'>,
  settings: Settings,
  taskId: string | null,
  text: string | null,
): Promise<PromptReport> {
  const files = await platform.modelFiles(settings.model);
  const { eosTokenIds, note } = await endsOf(files);
  const chat = await createChatFormat(files, {
    ...templateOptions(settings),
    ...(eosTokenIds === null ? {} : { eosTokenIds }),
  });
  const hints = modelHints(await readJson(files, 'config.json'), `${files.origin}: config.json`);
  // No engine is ever asked for, so nothing touches a GPU.
  const session = new Session({ ...platform, webgpu: undefined as unknown as GPU });
  try {
    const { opened } = await session.environment(settings, hints);
    const task = chosenTask(
      SPLITS.flatMap((split) => opened.tasks[split]),
      taskId,
      settings,
    );
    const episode = opened.start(task, new Random(settings.seed, 'prompt'));
    const parse = settings.readSlips ? readingSlips(chat.parse) : chat.parse;
    return {
      ...{ model: settings.model, environment: settings.environment, task: task.id },
      ...{ dialect: chat.dialect, form: chat.form, thinking: chat.isThinking },
      notices: [...(note === null ? [] : [note]), ...chat.notices],
      stopTokens: chat.stopIds.map((id) => ({ id, text: chat.decode([id], { keepSpecial: true }) })),
      prompt: shown(chat, chat.prompt(episode.messages, episode.tools)),
      continuation: continuationOf(chat, episode),
      parsed: text === null ? null : parsedTurn(text, parse(text, episode.tools), 0),
    };
  } finally {
    session.dispose();
  }
}

/** A model of a family that cannot be trained still has a prompt to look at. */
async function endsOf(
  files: ModelFiles,
): Promise<{ eosTokenIds: readonly TokenId[] | null; note: string | null }> {
  try {
    return { eosTokenIds: (await loadModelConfig(files)).eosTokenIds, note: null };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { eosTokenIds: null, note: `This model cannot be trained: ${error.message}` };
  }
}

function chosenTask(tasks: readonly Task[], id: string | null, { environment }: Settings): Task {
  const task = id === null ? tasks[0] : tasks.find((known) => known.id === id);
  if (task !== undefined) return task;
  throw new EnvironmentError(
    id === null
      ? `Environment "${environment}" has no tasks. Choose another dataset.`
      : `Environment "${environment}" has no task ${id}. npm run evaluate prints their ids.`,
  );
}

function continuationOf(chat: ModelChat, { tools }: Episode): ShownText | null {
  const [tool] = tools;
  if (tool === undefined) return null;
  const { name } = tool.function;
  const result: ToolMessage = { role: 'tool', content: '{"a": "result"}', tool_call_id: 'call_0_0', name };
  return shown(chat, chat.continuation([result], true));
}

function shown(chat: ModelChat, ids: readonly TokenId[]): ShownText {
  return { text: chat.decode(ids, { keepSpecial: true }), tokens: ids.length };
}

/** For people. */
export function promptLines(report: PromptReport): string[] {
  const { dialect, prompt, continuation, parsed } = report;
  return [
    `${report.model}, environment ${report.environment}, task ${report.task}`,
    `Tools are told by ${dialect.tools === 'template' ? 'the chat template' : 'the system prompt'}; calls are read in the form ${report.form}${
      report.thinking ? '; a turn begins inside a thought' : ''
    }.`,
    ...report.notices.map((notice) => `note: ${notice}`),
    `Stop tokens: ${report.stopTokens.map(({ id, text }) => `${text} (${id})`).join(', ')}`,
    `\nPrompt, ${prompt.tokens} tokens:\n${prompt.text}`,
    ...(continuation === null
      ? []
      : [`\nAfter a result, ${continuation.tokens} tokens from the stop token on:\n${continuation.text}`]),
    ...(parsed === null ? [] : ['\nThe text is understood as:', ...parsedLines(parsed)]),
  ];
}

function parsedLines({ calls, broken = [] }: ParsedTurn): string[] {
  const lines = calls.map(({ name, arguments: args, malformed, slips = 0 }) =>
    malformed === true
      ? `  ${name}: the arguments are not a JSON object`
      : `  ${name} ${JSON.stringify(args)}${slips === 0 ? '' : ` (${slips} read as another type than written)`}`,
  );
  const unread = broken.map(({ name }) => `  a broken call${name === '' ? '' : ` of ${name}`}`);
  return calls.length + broken.length === 0 ? ['  no call'] : [...lines, ...unread];
}
