/** Opening of an episode: system and user message. */
import { I_DONT_KNOW } from './abstention';
import type { ChatMessage } from '../../conversation/types';
import type { Question } from './corpus/types';

/** `full` explains the task to a general model; `compact` is one line for a small policy trained on the task. */
export type PromptStyle = 'full' | 'compact';

export interface PromptOptions {
  readonly maxTurns: number;
  readonly style: PromptStyle;
}

type PromptQuestion = Pick<Question, 'question' | 'inbox' | 'queryDate'>;

export function openingMessages(question: PromptQuestion, options: PromptOptions): ChatMessage[] {
  return [
    { role: 'system', content: systemPrompt(question, options) },
    { role: 'user', content: question.question },
  ];
}

function systemPrompt(question: PromptQuestion, { maxTurns, style }: PromptOptions): string {
  switch (style) {
    case 'compact':
      return `Inbox ${question.inbox}. Today ${question.queryDate}.`;
    case 'full':
      return fullPrompt(question, maxTurns);
  }
}

function fullPrompt({ inbox, queryDate }: PromptQuestion, maxTurns: number): string {
  const turns = maxTurns === 1 ? '1 turn' : `${maxTurns} turns`;
  return `You are an assistant that answers questions by searching a mailbox with tools.

Inbox: ${inbox}
Today: ${queryDate}
You have ${turns}. Every message you send is one turn and must call a tool.

1. Search: call search_emails to find mails that could hold the answer.
2. Read: call read_email on the most promising result before you answer.
3. Answer: call return_final_answer with a short answer and the message ids it comes from.

All keywords of a search must occur in a mail, so begin with few and distinctive ones. If a search finds nothing, vary them: use fewer words, other words, a name or an address, another range of dates. Do not repeat a search.

If the mailbox does not hold the answer, call return_final_answer with exactly "${I_DONT_KNOW}" as the answer and an empty list of source_message_ids. Do so within your ${turns}.`;
}
