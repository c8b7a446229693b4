/** What the mail environment shows. */
import type { MailMenu } from '../../../env/mail/tasks';
import { count } from '../../../report/format';
import type { EnvironmentView } from '../types';
import { callText, resultNodes } from './calls';
import { createMailbox } from './mailbox';
import { createOwnQuestion } from './own-question';
import { sourcesNode } from './sources';

/** For environments that make other episodes of the same questions. */
export const mailQuestionsView: EnvironmentView = {
  lead: 'The model searches the mailbox, reads and answers, exactly as in the evaluations: same prompt, same limits, same judge.',
  describeMenu: (own) => {
    const { emails, inboxes } = own as unknown as MailMenu;
    return `${count(emails, 'mail')} in ${count(inboxes.length, 'inbox', 'inboxes')}`;
  },
  describeTask: ({ info }) => String(info['inbox'] ?? ''),
  createOwnTask: ({ own }, onChange) => createOwnQuestion(own as unknown as MailMenu, onChange),
  callText,
  resultNodes,
  explained: sourcesNode,
};

export const mailView: EnvironmentView = {
  ...mailQuestionsView,
  createSource: createMailbox,
  importObstacle: ({ counts }) =>
    counts['questions'] === 0
      ? 'Your mail has no questions yet: add a questions file, or choose the built-in mailbox.'
      : null,
};
