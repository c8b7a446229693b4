/** Errors on their way between threads, which keeps of an error's class nothing but what is written down here. */
import { MailGymError, type ErrorCode, type ErrorParams } from '../errors';
import { isErrorName } from './codes';

/** An error as plain data. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Absent for errors outside of MailGym's family. */
  readonly code?: ErrorCode;
  readonly params?: ErrorParams;
}

export function errorRecord(error: Error): ErrorRecord {
  const { name, message, stack } = error;
  const record = { name, message, stack };
  return error instanceof MailGymError ? { ...record, code: error.code, params: error.params } : record;
}

/** The error again: one of the family where it was one, under the name of its class but not of that class. */
export function errorFrom({ name, message, stack, code, params = {} }: ErrorRecord): Error {
  const error = isErrorName(name)
    ? Object.assign(new MailGymError(message, { params, ...(code === undefined ? {} : { code }) }), { name })
    : Object.assign(new Error(message), { name });
  return stack === undefined ? error : Object.assign(error, { stack });
}
