/** The visitor's own mailbox as the page speaks to it: the environment's actions by name, with their types. */
import type { TrainerApi } from '../../../workers/api';
import type { AddMode, MadeReport, MakeStatus, OwnMailboxActions } from '../../env/mail/own/types';
import type { ImportFile, ImportReport, ImportStatus } from '../../env/types';

/** Nothing is changed by what fails or is stopped. What changes it waits for no run: it is refused. */
export interface MailboxApi extends Omit<OwnMailboxActions, 'add' | 'make'> {
  add(
    files: readonly ImportFile[],
    how: AddMode,
    onProgress?: (status: ImportStatus) => void,
  ): Promise<ImportReport>;
  make(seed: number, onProgress?: (status: MakeStatus) => void): Promise<MadeReport>;
  /** Ends what {@link MailboxApi.add} or {@link MailboxApi.make} are at: they reject, and what was there stays. */
  stop(): Promise<void>;
}

export type OwnCalls = Pick<TrainerApi, 'callOwn' | 'stopOwn'>;

export function mailboxOf(api: OwnCalls): MailboxApi {
  type Actions = OwnMailboxActions;
  // The environment's side of these names has these types: src/env/mail/own/actions.ts.
  const call = <Name extends keyof Actions>(
    name: Name,
    args: readonly unknown[] = [],
    onProgress?: (status: unknown) => void,
  ) => api.callOwn('mail', name, args, onProgress) as ReturnType<Actions[Name]>;
  return {
    info: () => call('info'),
    add: (files, how, onProgress) => call('add', [files, how], told(onProgress)),
    make: (seed, onProgress) => call('make', [seed], told(onProgress)),
    stop: () => api.stopOwn(),
    clear: () => call('clear'),
    setOwner: (addresses) => call('setOwner', [addresses]),
    questions: () => call('questions'),
    saveQuestion: (input) => call('saveQuestion', [input]),
    acceptQuestions: (ids) => call('acceptQuestions', [ids]),
    removeQuestions: (ids) => call('removeQuestions', [ids]),
    questionLines: () => call('questionLines'),
    mailsOf: (question) => call('mailsOf', [question]),
    search: (words) => call('search', [words]),
    mail: (id, marked) => call('mail', [id, marked]),
  };
}

function told<T>(onProgress: ((status: T) => void) | undefined): ((status: unknown) => void) | undefined {
  return onProgress === undefined ? undefined : (status) => onProgress(status as T);
}
