/** What can be said of the first call alone, without opening it. */
import type { EnvironmentInfo } from '../types';
import { mailInfo } from './info';

export const firstCallInfo: EnvironmentInfo = {
  ...mailInfo,
  id: 'mail-first-call',
  title: 'Mail, first call',
  description:
    'One turn a question about mail: a reward for a well-formed first search. Nothing is run and no answer is judged; ' +
    'what mode simple trains on.',
};
