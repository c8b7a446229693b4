/** Imports a user's module in the guest, and says where it fails. */
import * as define from '../define';
import { EnvironmentError } from '../errors';
import { messageOf } from '../faults';
import type { Environment, EnvironmentInfo } from '../types';
import { DOOR_MODULE, DOOR_URL, openDoor } from './door-url';
import type { GuestModule } from './protocol';

/** @throws EnvironmentError naming the file and, where the engine tells it, the line */
export async function importEnvironment({ name, code }: GuestModule): Promise<Environment> {
  openDoor(define);
  const url = addressOf(code);
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(/* @vite-ignore */ url)) as typeof module;
  } catch (error) {
    throw EnvironmentError.of('environment/file-not-loaded', {
      file: name,
      line: lineOf(error, url),
      reason: messageOf(error),
    });
  }
  const found = module['default'];
  if (isEnvironment(found)) return found;
  throw EnvironmentError.of('environment/file-no-environment', {
    file: name,
    hasDefault: found !== undefined,
  });
}

/** All that is said of an environment, without its functions. */
export function infoOf(environment: Environment): EnvironmentInfo {
  const { id, title, description, settings, metrics, rewards, rewardWeights, defaults, presets } =
    environment;
  return {
    id,
    title,
    description,
    settings,
    metrics,
    rewards,
    rewardWeights,
    ...(defaults === undefined ? {} : { defaults }),
    ...(presets === undefined ? {} : { presets }),
  };
}

function isEnvironment(value: unknown): value is Environment {
  return (
    typeof value === 'object' &&
    value !== null &&
    'open' in value &&
    typeof value.open === 'function' &&
    'rewards' in value
  );
}

/** Node imports no blobs; a page's policy may allow no data addresses, which anybody could write into a document. */
function addressOf(code: string): string {
  if (typeof process === 'object') return `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`;
  return blobOf(code.replaceAll(DOOR_URL, blobOf(DOOR_MODULE)));
}

function blobOf(code: string): string {
  return URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
}

/** From the innermost place in the user's module, at that address, that the stack names; null for none. */
function lineOf(error: unknown, url: string): number | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(`${url}:`);
  const line = at === -1 ? undefined : /^\d+/.exec(stack.slice(at + url.length + 1))?.[0];
  return line === undefined ? null : Number(line);
}
