/** Mail, first call: the first turns of the mail environment as episodes of their own. */
import { EnvironmentError } from '../errors';
import type { Environment } from '../types';
import { firstCallInfo } from './first-call-info';

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
