import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The folder of the user's cache that MailGym keeps downloads in: `MAILGYM_CACHE`, or by the system's custom
 * (`$XDG_CACHE_HOME/mailgym` and `~/.cache/mailgym`, `~/Library/Caches/mailgym`, `%LOCALAPPDATA%\mailgym\Cache`).
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { MAILGYM_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (MAILGYM_CACHE) return resolve(MAILGYM_CACHE);
  if (platform === 'win32') return join(LOCALAPPDATA || join(home, 'AppData', 'Local'), 'mailgym', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'mailgym');
  // A relative one is to be ignored, says the specification.
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(home, '.cache');
  return join(base, 'mailgym');
}
