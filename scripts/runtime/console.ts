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

/** Log lines go to stdout; progress is one line that rewrites itself, shown only on a terminal. */
export class ConsoleReport {
  readonly #terminal = process.stderr.isTTY === true;
  #progressShown = false;

  follow(event: RunEvent): void {
    switch (event.kind) {
      case 'log':
        this.line(event.line);
        return;
      case 'warning':
        this.#clear();
        console.warn(`warning: ${event.message}`);
        return;
      case 'saved':
        this.line(`Saved ${event.path} (step ${event.step})`);
        return;
      case 'progress':
        this.#progress(`${PHASES[event.phase]} ${event.done}/${event.total} ${event.note}`);
        return;
      case 'end':
        this.#clear();
        return;
      case 'step':
      case 'warm-start':
      case 'evaluation':
      case 'trajectories':
        // Their lines come as log events.
        return;
    }
  }

  line(text: string): void {
    this.#clear();
    console.log(text);
  }

  #progress(text: string): void {
    if (!this.#terminal) return;
    const width = (process.stderr.columns ?? 80) - 1;
    process.stderr.write(`\r\u001b[K${text.slice(0, width)}`);
    this.#progressShown = true;
  }

  #clear(): void {
    if (this.#progressShown) process.stderr.write('\r\u001b[K');
    this.#progressShown = false;
  }
}
