import type { Foreign } from '../../types';

/** Params of texts that begin with where something comes from. */
export interface From {
  readonly origin: string;
}

export const files = {
  'policy/bytes-beyond-end': ({
    origin,
    start,
    end,
    path,
    size,
  }: From & { start: number; end: number; path: string; size: number }) =>
    `${origin}: bytes ${start} to ${end} of ${path} were asked for, and it has ${size}. Download it again.`,
  'policy/file-no-json': ({ origin, path, reason }: From & { path: string; reason: Foreign }) =>
    `${origin}: ${path} is not valid JSON (${reason}). Download or export it again.`,
};
