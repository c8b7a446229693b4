/** Texts of ServeError: what an environment's server refuses. */
import type { Foreign } from '../types';

export const serve = {
  'serve/port': ({ host, port, reason }: { host: string; port: number; reason: Foreign }) =>
    `${host}:${port} cannot be had: ${reason}. Choose another with --port, or 0 for any.`,
  'serve/no-path': ({ method, path }: { method: string; path: string }) =>
    `There is no ${method} ${path} here. The addresses are those of the Open Reward Standard, and a few more; docs/environments.md lists them.`,
  'serve/other-environment': ({ asked, served }: { asked: string; served: string }) =>
    `There is no environment "${asked}" here; this server plays "${served}".`,
  'serve/foreign-host': ({ host }: { host: string }) =>
    `The request names the host "${host}", but this server answers its own machine only. Start it with --host to be asked by others.`,
  'serve/from-page': ({ origin }: { origin: string }) =>
    `The request comes from a page of ${origin}; pages may not play here. Send it from a program, without the header Origin.`,
  'serve/too-large': ({ most }: { most: number }) =>
    `The request's body has more than ${most} bytes. Send less, or start the server with a larger --max-body.`,
  'serve/no-json': ({ reason }: { reason: Foreign }) => `The request's body is no JSON object: ${reason}.`,
  'serve/field': ({ field, wanted, found }: { field: string; wanted: Wanted; found: string }) =>
    `"${field}" must be ${WANTED[wanted]}, not ${found}.`,
  'serve/no-split': ({ split, known }: { split: string; known: readonly string[] }) =>
    `There is no split "${split}"; the splits are ${known.join(', ')}.`,
  'serve/no-task': ({ split, index, tasks }: { split: string; index: number; tasks: number }) =>
    `There is no task ${index} in ${split}, which has ${tasks}, counted from 0.`,
  'serve/no-session-id': () =>
    'The header X-Session-ID is missing. POST /create_session gives an id; POST /create opens a task under it.',
  'serve/session-exists': ({ session }: { session: string }) =>
    `The session ${session} has a task already. POST /delete ends it; another session takes another id.`,
  'serve/no-session': ({ session, idleMinutes }: { session: string; idleMinutes: number }) =>
    `There is no session ${session} here: it has no task yet, was deleted, or nobody asked for it in ${idleMinutes} minutes. POST /create opens a task.`,
  'serve/too-many-sessions': ({ most }: { most: number }) =>
    `All ${most} sessions are taken. Delete those that are done, or start the server with a larger --max-sessions.`,
  'serve/busy': ({ session }: { session: string }) =>
    `The session ${session} is still playing the turn before. Send the next one after its answer.`,
  'serve/ended': ({ reason }: { reason: string }) =>
    `The episode has ended (${reason}); no more turns are played. Open another session for another one.`,
};

/** What a field of a request has to be. */
type Wanted = keyof typeof WANTED;
const WANTED = {
  text: 'a text',
  index: 'a whole number from 0',
  object: 'an object',
  ids: 'a list of token ids, whole numbers from 0',
} as const;
