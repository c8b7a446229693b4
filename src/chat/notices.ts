/** What a user should know of how a model is asked. */
import { renderedAgain, type TrainedPieces } from './again';
import { PROBE_OPENING, PROBE_TOOLS } from './seams';
import type { ChatTemplate } from './template';
import { toolPromptFor } from './tool-prompt';

export interface NoticeFacts extends TrainedPieces {
  readonly template: ChatTemplate;
  /** Why the template's own way with tools does not serve; null where it does. */
  readonly problem: string | null;
  /** Whether the model is left without schemas, since it says that it knows its tools. */
  readonly knowsTools: boolean;
  readonly date: string;
  readonly origin: string;
}

export function noticesOf(facts: NoticeFacts): string[] {
  const { renderer, template, problem, date, origin } = facts;
  const { tools, system } = renderer.dialect;
  const notices: string[] = [];
  if (facts.knowsTools) {
    notices.push(
      `${origin}: the chat template does not tell the model of its tools, and its config.json says that it knows them ` +
        '(mailgym.toolsInPrompt), so no schemas are in its prompt.',
    );
  }
  if (tools === 'prompt') {
    notices.push(
      `${origin}: the chat template does not serve with tools (${problem ?? 'it has none'}), so they are put into the system ` +
        `prompt, in ${toolPromptFor(template.text).name}; results come as turns of the user.`,
    );
  }
  if (system === 'user') {
    notices.push(
      `${origin}: the chat template takes no system prompt, so it stands before the first question of the user.`,
    );
  }
  const text = template.texts.join('');
  if (text.includes('enable_thinking') || facts.isThinking) {
    notices.push(
      `${origin}: the model thinks before it answers unless told otherwise; here its prompt ${
        facts.isThinking
          ? 'opens a thought'
          : endsWithEmptyThought(facts)
            ? 'ends with an empty thought'
            : 'leaves that to it'
      } (setting thinking).`,
    );
  }
  if (/strftime_now|date_string/.test(text)) {
    notices.push(`${origin}: the prompt names a day, always ${date} (setting templateDate).`);
  }
  const again = againNotice(facts);
  if (again !== null) notices.push(`${origin}: ${again}`);
  return notices;
}

function endsWithEmptyThought({ renderer }: Pick<NoticeFacts, 'renderer'>): boolean {
  return /<think>\s*<\/think>\s*$/.test(renderer.render(PROBE_OPENING, PROBE_TOOLS, true));
}

/** Where a server that renders the history again would see other tokens than were trained; null for nowhere. */
function againNotice(facts: NoticeFacts): string | null {
  const plain = renderedAgain(facts, false).difference;
  const thinking = mayThink(facts) ? renderedAgain(facts, true).difference : null;
  if (plain === null && thinking === null) return null;
  const when =
    plain === null
      ? 'once turns hold thoughts'
      : thinking === null && mayThink(facts)
        ? 'where turns hold no thoughts'
        : 'in later turns';
  const { trained, again } = (plain ?? thinking) as NonNullable<typeof plain>;
  const shown =
    trained === '' && again === ''
      ? 'the template refuses the conversation as a whole'
      : `trained ${JSON.stringify(trained)}, rendered again ${JSON.stringify(again)}`;
  return (
    `a server that renders the conversation again before every turn sees other tokens than were trained on, ${when}: ` +
    `${shown}. Here and in what is exported, earlier turns stay as they were sampled.`
  );
}

/** Whether turns may hold thoughts: the template has a place for them, and the prompt does not end with an empty one. */
export function mayThink(facts: Pick<NoticeFacts, 'template' | 'renderer'>): boolean {
  return facts.template.texts.some((text) => text.includes('</think>')) && !endsWithEmptyThought(facts);
}
