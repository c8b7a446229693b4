/** An environment over HTTP, by the Open Reward Standard (package openreward 0.1.167), for one environment. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { MailGymError } from '../../src/errors';
import { ServeError } from '../serve';
import { Answers, type ServedEnvironment } from './answers';
import { readBody } from './request';
import { Sessions, type PlayedSession, type SessionLimits } from './sessions';

export interface EnvironmentServerOptions extends SessionLimits {
  /** Name or address to listen at; on the loopback, requests that name another host are refused. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Most bytes of a request's body. */
  readonly maxBody: number;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
}

export interface EnvironmentServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Sessions that have a task. */
  sessions(): number;
  /** Refuses new requests, waits for those that are being answered, and ends the sessions. */
  close(): Promise<void>;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);
/** The client gives up on a stream that is silent for 30 seconds. */
const BEAT_MS = 10_000;
/** Sessions that nobody asks for are ended even when nobody asks for anything. */
const SWEEP_MS = 30_000;

const STATUS: Readonly<Record<string, number>> = {
  'serve/no-path': 404,
  'serve/other-environment': 404,
  'serve/no-session': 404,
  'serve/foreign-host': 403,
  'serve/from-page': 403,
  'serve/too-large': 413,
  'serve/too-many-sessions': 429,
  'serve/busy': 409,
  'serve/ended': 409,
};

/** @throws ServeError when the address cannot be had */
export async function serveEnvironment(
  environment: ServedEnvironment,
  options: EnvironmentServerOptions,
): Promise<EnvironmentServer> {
  const { host, port } = options;
  const sessions = new Sessions(environment, options, options.now);
  const routes = new Routes(environment, sessions, options);
  const server = createServer((request, response) => {
    routes.answer(request, response).catch((error: unknown) => refuse(request, response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message;
      reject(ServeError.of('serve/port', { host, port, reason }));
    });
    server.listen(port, host, resolve);
  });
  const sweeper = setInterval(() => sessions.sweep(), SWEEP_MS);
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${bound}`,
    port: bound,
    sessions: () => sessions.size,
    close: async () => {
      clearInterval(sweeper);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await sessions.close();
      await closed;
    },
  };
}

class Routes {
  readonly #answers: Answers;
  readonly #sessions: Sessions;
  readonly #id: string;
  readonly #options: EnvironmentServerOptions;

  constructor(environment: ServedEnvironment, sessions: Sessions, options: EnvironmentServerOptions) {
    this.#answers = new Answers(environment, sessions);
    this.#sessions = sessions;
    this.#id = environment.id;
    this.#options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#assertWelcome(request);
    const method = request.method ?? '';
    const [path = '/'] = (request.url ?? '/').split('?');
    const body = method === 'POST' ? await readBody(request, this.#options.maxBody) : {};
    const session = () => this.#session(request);
    const answers = this.#answers;
    switch (`${method} ${this.#action(path)}`) {
      case 'GET health':
        return send(response, { status: 'ok' });
      case 'GET list_environments':
        return send(response, [this.#id]);
      case 'GET splits':
        return send(response, answers.splits());
      case 'GET tools':
        return send(response, answers.tools());
      case 'POST tasks':
        return send(response, answers.tasks(body));
      case 'POST num_tasks':
        return send(response, answers.count(body));
      case 'POST task':
        return send(response, answers.task(body));
      case 'POST task_range':
        return send(response, answers.range(body));
      case 'POST create_session':
        return stream(response, randomUUID(), () => Promise.resolve(''));
      case 'POST create':
        return send(response, await answers.create(sessionId(request), body));
      case 'GET prompt':
        return send(response, answers.prompt(session()));
      case 'GET messages':
        return send(response, answers.messages(session()));
      case 'GET task_tools':
        return send(response, answers.taskTools(session()));
      case 'POST call':
        return this.#call(response, session(), body);
      case 'POST ping':
        session();
        return send(response, { status: 'ok' });
      case 'POST delete':
      case 'POST delete_session':
        await this.#sessions.delete(sessionId(request));
        return send(response, { sid: sessionId(request) });
      case 'GET opening':
        return send(response, answers.opening(session()));
      case 'POST turn':
        return send(response, await answers.turn(this.#idle(request), body));
      case 'POST end':
        return send(response, await answers.end(this.#idle(request)));
      default:
        throw ServeError.of('serve/no-path', { method, path });
    }
  }

  /** `/call` and `/add/call` are one: the environment may be left out. @throws ServeError */
  #action(path: string): string {
    const parts = path.split('/').filter((part) => part !== '');
    const [first = '', second] = parts;
    if (second === undefined) return first;
    const asked = decoded(first);
    if (asked !== this.#id) throw ServeError.of('serve/other-environment', { asked, served: this.#id });
    return parts.slice(1).join('/');
  }

  #session(request: IncomingMessage): PlayedSession {
    return this.#sessions.get(sessionId(request));
  }

  /** A session that plays no turn just now. */
  #idle(request: IncomingMessage): PlayedSession {
    const session = this.#session(request);
    if (session.rollout.isPlaying) throw ServeError.of('serve/busy', { session: sessionId(request) });
    return session;
  }

  /** Answered once: a client that lost the connection asks again with the id that it was told. */
  async #call(response: ServerResponse, session: PlayedSession, body: Parameters<Answers['call']>[1]) {
    const known = session.lastCall;
    if (known !== null && body['task_id'] === known.id) {
      return stream(response, known.id, () => known.answer);
    }
    const id = randomUUID();
    const answer = this.#answers.call(session, body).then((value) => JSON.stringify(value));
    session.lastCall = { id, answer };
    return stream(response, id, () => answer);
  }

  /** @throws ServeError for what a page could send through its visitor's browser */
  #assertWelcome({ headers }: IncomingMessage): void {
    const { origin, host = '' } = headers;
    if (origin !== undefined) throw ServeError.of('serve/from-page', { origin });
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (LOOPBACK.has(this.#options.host) && !LOOPBACK.has(name)) {
      throw ServeError.of('serve/foreign-host', { host });
    }
  }
}

/** @throws ServeError */
function sessionId({ headers }: IncomingMessage): string {
  const id = headers['x-session-id'];
  if (typeof id === 'string' && id !== '') return id.slice(0, 100);
  throw ServeError.of('serve/no-session-id');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function send(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Server-sent events: the id of what is being done, then its answer. */
async function stream(response: ServerResponse, id: string, answer: () => Promise<string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.write(`event: task_id\ndata: ${id}\n\n`);
  const beat = setInterval(() => response.write(': still at it\n\n'), BEAT_MS);
  try {
    response.end(`event: end\ndata: ${await answer()}\n\n`);
  } catch (error) {
    response.end(`event: error\ndata: ${JSON.stringify(String(error))}\n\n`);
  } finally {
    clearInterval(beat);
  }
}

/** Texts for people go in `detail`, as clients of the standard expect; a defect of ours says no more than that. */
function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const isTold = error instanceof MailGymError;
  if (!isTold) console.error(error);
  if (response.headersSent) return void response.end();
  // What is left of a body that is too large is not read.
  if (!request.complete) response.setHeader('connection', 'close');
  const status = isTold ? (error instanceof ServeError ? (STATUS[error.code] ?? 400) : 422) : 500;
  send(response, { detail: isTold ? error.message : 'The server failed; its own output says how.' }, status);
}
