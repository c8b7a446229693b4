/** Mail, first call: the first turns of the mail environment as episodes of their own. */
import { EnvironmentError } from '../errors';
import type { Environment, EnvironmentInfo } from '../types';
import { mailInfo } from './info';

export const firstCallInfo: EnvironmentInfo = {
  ...mailInfo,
  id: 'mail-first-call',
  title: 'Mail, first call',
  description:
    'One turn a question about mail: a reward for a well-formed first search. Nothing is run and no answer is judged; ' +
    'what mode simple trains on.',
};

export const mailFirstCall: Environment = {
  ...firstCallInfo,
  open: async (source, options) => {
    const { mail } = await import('./index');
    const opened = await mail.open(source, options);
    const start = opened.startFirstTurn?.bind(opened);
    if (start === undefined) throw EnvironmentError.of('environment/no-first-turn');
    return { ...opened, start };
  },
};
