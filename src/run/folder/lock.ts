/**
 * Two runs never share a folder: who writes in it holds `run.lock`, and renews it while the run goes on. A lock whose
 * process is dead, or that was not renewed for {@link STALE_AFTER}, counts no more. Whoever lost the lock stops before its
 * next write.
 */
import { LOCK_FILE } from '../../report/run-files';
import type { RunStore } from '../stores/run-store';
import { StorageError } from '../../errors/storage';
import { hasKeys, json, parseJson } from './json';

/** Milliseconds without a sign of life after which a lock counts no more. Long: compiling shaders can block a process. */
export const STALE_AFTER = 600_000;
const RENEW_EVERY = 20_000;
/** Milliseconds after which two that took over the same stale lock see which of them it is. */
const SETTLE = 200;

export interface LockRecord {
  readonly format: 1;
  /** Tells this lock from all others. */
  readonly token: string;
  /** In words. */
  readonly owner: string;
  readonly host: string;
  readonly pid: number | null;
  /** Milliseconds since the epoch: when it was taken, and its last sign of life. */
  readonly since: number;
  readonly renewed: number;
}

/** Who takes locks: a process, or a tab. */
export interface LockHolder {
  readonly owner: string;
  readonly host: string;
  readonly pid: number | null;
  /** Whether the holder of a lock still lives; null when that cannot be known here. */
  isAlive(record: LockRecord): boolean | null;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface FolderLock {
  /** The folder for the run: writes fail as soon as the lock is lost. */
  readonly store: RunStore;
  readonly token: string;
  /** A sign of life; also given by a timer. */
  renew(): Promise<void>;
  /** Gives the lock back; twice does no harm. */
  release(): Promise<void>;
}

/**
 * @param where the folder as the user calls it
 * @throws StorageError when somebody alive holds the folder
 */
export async function lockFolder(store: RunStore, where: string, holder: LockHolder): Promise<FolderLock> {
  const { owner, host, pid } = holder;
  const since = holder.now();
  const token = crypto.randomUUID();
  const record: LockRecord = { format: 1, token, owner, host, pid, since, renewed: since };
  if (!(await store.create(LOCK_FILE, json(record)))) {
    const present = await readSettled(store);
    if (present !== null && !isStale(present, holder)) throw busy(where, present, since);
    await store.write(LOCK_FILE, json(record));
    await pause(SETTLE);
    const settled = await readLock(store);
    if (settled !== null && settled.token !== token) throw busy(where, settled, since);
  }
  return new HeldLock(store, where, record, holder);
}

class HeldLock implements FolderLock {
  readonly store: RunStore;
  readonly #raw: RunStore;
  readonly #where: string;
  readonly #holder: LockHolder;
  readonly #record: LockRecord;
  readonly #timer: ReturnType<typeof setInterval>;
  #released = false;

  constructor(raw: RunStore, where: string, record: LockRecord, holder: LockHolder) {
    this.#raw = raw;
    this.#where = where;
    this.#record = record;
    this.#holder = holder;
    const guarded = async <T>(write: () => Promise<T>): Promise<T> => {
      await this.#assertHeld();
      return write();
    };
    this.store = {
      list: (prefix) => raw.list(prefix),
      read: (path) => raw.read(path),
      write: (path, bytes) => guarded(() => raw.write(path, bytes)),
      create: (path, bytes) => guarded(() => raw.create(path, bytes)),
      append: (path, text) => guarded(() => raw.append(path, text)),
      remove: (path) => guarded(() => raw.remove(path)),
    };
    // What fails here fails again at the next write, which tells it.
    this.#timer = setInterval(() => void this.renew().catch(() => undefined), RENEW_EVERY);
    // Must not keep a Node process alive; a browser's timer is a number.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  get token(): string {
    return this.#record.token;
  }

  async renew(): Promise<void> {
    if (this.#released) return;
    await this.#assertHeld();
    await this.#raw.write(LOCK_FILE, json({ ...this.#record, renewed: this.#holder.now() }));
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#timer);
    const present = await readLock(this.#raw);
    if (present?.token === this.token) await this.#raw.remove(LOCK_FILE);
  }

  async #assertHeld(): Promise<void> {
    const present = await readLock(this.#raw);
    if (!this.#released && present?.token === this.token) return;
    throw StorageError.of('storage/lock-lost', {
      where: this.#where,
      now: present === null ? { gone: LOCK_FILE } : { owner: present.owner },
    });
  }
}

function isStale(record: LockRecord, holder: LockHolder): boolean {
  const alive = holder.isAlive(record);
  return alive === false || holder.now() - record.renewed > STALE_AFTER;
}

async function readLock(store: RunStore): Promise<LockRecord | null> {
  const value = parseJson(await store.read(LOCK_FILE));
  return isLockRecord(value) ? value : null;
}

/** A lock that is just being written may be read half; one that stays so was cut off and counts for nothing. */
async function readSettled(store: RunStore): Promise<LockRecord | null> {
  const record = await readLock(store);
  if (record !== null) return record;
  await pause(SETTLE);
  return readLock(store);
}

function isLockRecord(value: unknown): value is LockRecord {
  return (
    hasKeys(value, 'token', 'owner', 'host', 'pid', 'since', 'renewed') &&
    [value.token, value.owner, value.host].every((text) => typeof text === 'string') &&
    typeof value.since === 'number' &&
    typeof value.renewed === 'number'
  );
}

function busy(where: string, { owner, renewed }: LockRecord, now: number): StorageError {
  const seconds = Math.max(0, Math.round((now - renewed) / 1000));
  return StorageError.of('storage/in-use', {
    where,
    owner,
    seconds,
    minutes: STALE_AFTER / 60_000,
    lockFile: LOCK_FILE,
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
