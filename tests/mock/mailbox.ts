/** The visitor's own mail of the stand-in worker: the real mailbox, in memory. */
import { EnvironmentError } from '../../src/env/errors';
import { OwnMailbox } from '../../src/env/mail/own/mailbox';
import { MemoryStore } from '../../src/run/stores/memory-store';
import type { MailboxApi } from '../../workers/api';

type Alone = <T>(what: string, work: () => Promise<T>) => Promise<T>;

export function mockMailbox(alone: Alone, wait: () => Promise<void>): MailboxApi {
  const own = new OwnMailbox(new MemoryStore());
  let changing: AbortController | undefined;
  const stoppable = <T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    alone(what, async () => {
      const controller = new AbortController();
      changing = controller;
      await wait();
      return work(controller.signal);
    });
  const change = <T>(work: () => Promise<T>): Promise<T> => alone('a change of the mail', work);
  const watch = <T>(onProgress: ((status: T) => void) | undefined) =>
    onProgress === undefined ? {} : { onProgress };
  return {
    info: () => own.info(),
    add: (files, how, onProgress) =>
      stoppable('an import', (signal) => own.add(files, how, { signal, ...watch(onProgress) })),
    make: (seed, onProgress) =>
      stoppable('making questions', (signal) => own.make(seed, { signal, ...watch(onProgress) })),
    stop: async () => changing?.abort(EnvironmentError.of('environment/import-stopped')),
    clear: () => change(() => own.clear()),
    setOwner: (addresses) => change(() => own.setOwner(addresses)),
    saveQuestion: (input) => change(() => own.saveQuestion(input)),
    acceptQuestions: (ids) => change(() => own.acceptQuestions(ids)),
    removeQuestions: (ids) => change(() => own.removeQuestions(ids)),
    questions: () => own.questions(),
    questionLines: () => own.questionLines(),
    mailsOf: (question) => own.mailsOf(question),
    search: (words) => own.search(words),
    mail: (id, marked) => own.mail(id, marked),
  };
}
