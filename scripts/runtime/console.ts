/** Events of a run as lines of the console. */
import type { RunEvent, RunPhase } from '../../src/grpo/types';

const PHASES: Readonly<Record<RunPhase, string>> = {
  loading: 'loading',
  compiling: 'compiling shaders',
  baseline: 'baseline evaluation',
  'warm-start': 'warm start',
  rollout: 'rollouts',
  training: 'training',
  evaluating: 'evaluation',
  saving: 'saving',
};

/** Totals from here on are bytes, not files. */
const FEWEST_BYTES = 100_000;
/** Downloads below it are over before anybody wonders. */
const WORTH_A_LINE = 20e6;

/** Milliseconds of silence after which a pipe is told how far things are. */
const TOLD_EVERY = 10_000;

/**
 * Log lines go to stdout; progress is one line that rewrites itself, shown only on a terminal. Elsewhere what takes long
 * before the first log line, loading, is told a tenth at a time; and where stdout is a pipe or a file, progress becomes a line
 * every ten seconds in which nothing else was said, so that whoever watches a job sees that it lives.
 */
export class ConsoleReport {
  readonly #terminal: boolean;
  readonly #piped: boolean;
  /** What is going on now, for a pipe; and whether anything was said since the last look. */
  #present = '';
  #said = false;
  #watch: ReturnType<typeof setInterval> | null = null;
  #progressShown = false;
  /** Of what is loading: its name, and tenths (or hundreds of megabytes) that were told. */
  #loading = { note: '', told: 0 };

  constructor(terminal = process.stderr.isTTY === true, piped = process.stdout.isTTY !== true) {
    this.#terminal = terminal;
    this.#piped = piped;
  }

  follow(event: RunEvent): void {
    switch (event.kind) {
      case 'log':
        this.line(event.line);
        return;
      case 'warning':
        this.#clear();
        this.#said = true;
        console.warn(`warning: ${event.message}`);
        return;
      case 'saved':
        this.line(`Saved ${event.path} (step ${event.step})`);
        return;
      case 'progress':
        this.#progress(`${PHASES[event.phase]} ${amount(event)} ${event.note}`.trim());
        if (!this.#terminal && event.phase === 'loading') this.#tellLoading(event);
        return;
      case 'end':
        this.#clear();
        this.#unwatch();
        return;
      case 'memory':
      case 'step':
      case 'warm-start':
      case 'evaluation':
      case 'trajectories':
      case 'followed':
        // Their lines come as log events.
        return;
    }
  }

  #tellLoading({ done, total, note }: Progress): void {
    if (note !== this.#loading.note) this.#loading = { note, told: 0 };
    const [reached, isLarge] =
      total > 0 ? [Math.floor((10 * done) / total), total >= WORTH_A_LINE] : [Math.floor(done / 100e6), true];
    if (!isLarge || reached <= this.#loading.told) return;
    // What comes whole from the cache is no news.
    const isNews = this.#loading.told > 0 || done < total || total === 0;
    this.#loading.told = reached;
    if (!isNews) return;
    this.#said = true;
    console.log(`${PHASES.loading} ${note}: ${amount({ done, total })}`);
  }

  line(text: string): void {
    this.#clear();
    this.#said = true;
    console.log(text);
  }

  #progress(text: string): void {
    this.#present = text;
    if (this.#piped) this.#startWatch();
    if (!this.#terminal) return;
    const width = (process.stderr.columns ?? 80) - 1;
    process.stderr.write(`\r\u001b[K${text.slice(0, width)}`);
    this.#progressShown = true;
  }

  /** A command that ends needs not wait for it. */
  #startWatch(): void {
    this.#watch ??= setInterval(() => {
      if (!this.#said) console.log(this.#present);
      this.#said = false;
    }, TOLD_EVERY).unref();
  }

  #unwatch(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
  }

  #clear(): void {
    if (this.#progressShown) process.stderr.write('\r\u001b[K');
    this.#progressShown = false;
  }
}

type Progress = Extract<RunEvent, { kind: 'progress' }>;

/** `120 of 1192 MB`, or `3/8`. */
function amount({ done, total }: Pick<Progress, 'done' | 'total'>): string {
  if (Math.max(done, total) < FEWEST_BYTES) return `${done}/${total}`;
  const shown = (bytes: number) => Math.round(bytes / 1e6);
  return total > 0 ? `${shown(done)} of ${shown(total)} MB` : `${shown(done)} MB`;
}
