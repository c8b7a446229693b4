/** What the mail environment shows. */
import type { MailMenu } from '../../../env/mail/tasks';
import { t } from '../../texts';
import type { EnvironmentView } from '../types';
import { callText, mailResult } from './calls';
import { Mailbox } from './mailbox';
import { ownMailObstacle } from './obstacle';
import { ownQuestion } from './own-question';
import { sources } from './sources';

/** For environments that make other episodes of the same questions. */
export const mailQuestionsView: EnvironmentView = {
  lead: () => t.ask.lead.mail,
  describeMenu: (own) => {
    const { emails, inboxes } = own as unknown as MailMenu;
    return t.mail.menu(emails, inboxes.length);
  },
  describeTask: ({ info }) => String(info['inbox'] ?? ''),
  ownTask: ownQuestion,
  callText,
  result: mailResult,
  explained: sources,
};

export const mailView: EnvironmentView = {
  ...mailQuestionsView,
  Source: Mailbox,
  sourceObstacle: ownMailObstacle,
};
