import { PolicyError } from '../../errors/policy';

/** The error for an absent file; `present` is what the source holds instead, where that is known. */
export function missing(origin: string, path: string, present?: readonly string[]): PolicyError {
  return PolicyError.of('policy/no-such-file', { origin, path, present: present?.slice(0, 12) ?? null });
}
