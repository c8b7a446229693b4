/** What machine this is, and running its package manager. */
import { MailGymError, type ErrorName } from '../../src/errors';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Log = (line: string) => void;

/** Something is missing and cannot be set up here. The message says what the user can do. */
export class SetupError extends MailGymError {
  override name: ErrorName = 'SetupError';
}

/** The fields of /etc/os-release that decide what to install. */
export interface Distribution {
  /** `debian`, `ubuntu`, `fedora` …; '' when unknown (macOS, Windows). */
  readonly id: string;
  /** `bookworm`, `noble` …; '' when unknown. */
  readonly codename: string;
  /** True when it installs packages with apt-get. */
  readonly apt: boolean;
}

export function parseOsRelease(text: string): Distribution {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    if (match) fields.set(match[1] ?? '', (match[2] ?? '').replaceAll(/^["']|["']$/g, ''));
  }
  const id = fields.get('ID') ?? '';
  const family = [id, ...(fields.get('ID_LIKE') ?? '').split(' ')];
  return {
    id,
    codename: fields.get('VERSION_CODENAME') ?? '',
    apt: family.includes('debian') || family.includes('ubuntu'),
  };
}

export function thisDistribution(): Distribution {
  const path = '/etc/os-release';
  return existsSync(path) ? parseOsRelease(readFileSync(path, 'utf8')) : { id: '', codename: '', apt: false };
}

/** First of the commands that is on the PATH, as an absolute path. */
export function findCommand(names: readonly string[], path = process.env.PATH ?? ''): string | null {
  for (const name of names) {
    for (const folder of path.split(delimiter)) {
      const candidate = join(folder, name);
      if (folder !== '' && isExecutable(candidate)) return candidate;
    }
  }
  return null;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Words to put before a command that needs root: none for root, sudo where it asks no password, else null. */
export function rootPrefix(): readonly string[] | null {
  if (process.getuid?.() === 0) return [];
  const sudo = findCommand(['sudo']);
  if (sudo && spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0) return [sudo, '-n'];
  return null;
}

/** Runs a command, its output shown. @throws SetupError when it fails. */
export function runShown(command: readonly string[], log: Log): void {
  const shown = command.join(' ');
  log(`  running: ${shown}`);
  const [program = '', ...rest] = command;
  const { status, error } = spawnSync(program, rest, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) {
    const why = error ? error.message : `it ended with ${status ?? 'a signal'}`;
    throw new SetupError(`asked for \`${shown}\`; ${why}. Run it by hand to see what it lacks.`);
  }
}

/** Another package manager at work is waited for. */
const APT = ['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];

export function aptUpdate(prefix: readonly string[], log: Log): void {
  runShown([...prefix, ...APT, 'update'], log);
}

/** @param release `bookworm-backports` and the like; '' for the distribution's own. */
export function aptInstall(
  prefix: readonly string[],
  packages: readonly string[],
  release: string,
  log: Log,
): void {
  const target = release === '' ? [] : ['-t', release];
  runShown([...prefix, ...APT, 'install', '-y', '--no-install-recommends', ...target, ...packages], log);
}
