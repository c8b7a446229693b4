/** What the stand-in worker keeps of the visitor's own: the real mailbox, in memory. */
import { openOwnMailbox } from '../../src/env/mail/own/actions';
import { MemoryStore } from '../../src/run/stores/memory-store';
import type { OwnCalls } from '../../src/ui/mail/calls';

type Alone = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** What is said to be going on, as the worker says it. */
const WORK: Readonly<Record<string, string>> = {
  import: 'an import',
  questions: 'making questions',
  mailbox: 'a change of the mail',
};

export function mockOwnData(alone: Alone, wait: () => Promise<void>): OwnCalls {
  const own = openOwnMailbox(new MemoryStore());
  let changing: (() => void) | undefined;
  return {
    callOwn: (_, name, args, onProgress = () => undefined) => {
      const action = own[name];
      if (action === undefined) return Promise.reject(new Error(`No action ${name}.`));
      const { work, stopped, run } = action;
      const controller = new AbortController();
      const watch = { signal: controller.signal, onProgress };
      if (work === null) return run(args, watch);
      return alone(WORK[work] ?? work, async () => {
        if (stopped !== null) {
          changing = () => controller.abort(stopped());
          await wait();
        }
        return run(args, watch);
      });
    },
    stopOwn: async () => changing?.(),
  };
}
