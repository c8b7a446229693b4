/** What a training step and a token step ask of WebGPU, and what asking costs without the GPU's own work. */
import { GpuPolicy } from '../../../src/engine/gpu-policy';
import { initWeights } from '../../../src/engine/weights/weights';
import { MODELS, stepSize } from '../archs';
import { randomTokens } from '../batch';
import { DISPATCH_ROWS, dispatchId } from '../catalog';
import { ourDecode, prompts } from '../decode';
import { plainRow } from '../measure';
import { meter, type Counts } from '../meter';
import type { Session } from '../session';
import { median } from '../statistics';
import { FULL, ourStep } from '../steps';
import { mainThreadNow } from '../thread';

const ROUNDS = 15;
const BATCH = 8;
/** Token steps of a short and of a long call: their difference is free of prompts and preparation. */
const SHORT = 16;
const LONG = 144;

const HOW =
  'CPU time of the thread that runs JavaScript, the recording of commands inside Dawn included, while every dispatch is recorded with an empty grid; copies and clears still run, on other threads';
const HOW_ON_THE_CLOCK =
  'on the clock, since this system does not tell the CPU time of a thread, while every dispatch is recorded with an empty grid';

export async function dispatchRows(session: Session): Promise<void> {
  const asked = (of: string) =>
    DISPATCH_ROWS.some((row) => row.startsWith(of) && session.wanted(dispatchId(session.arch, row)));
  if (asked('step')) await trainingStep(session);
  if (asked('token')) await tokenStep(session);
}

async function trainingStep(session: Session): Promise<void> {
  const { arch, software } = session;
  const config = MODELS[arch];
  const size = stepSize(arch, software);
  const model = { config, tensors: initWeights(config, 5) };
  const step = ourStep(session, 'ours', model, randomTokens(config, size), FULL);
  await step.run();
  const counts = await meter.count(() => step.run());
  const js = await withoutGpu(() => step.run());
  await step.dispose?.();
  const what = `of a step of all parameters over ${size.sequences} x ${size.length} tokens`;
  emitCounts(session, 'step', what, counts);
  emit(session, 'step-submits', `submits ${what}`, 'submits', counts.submits);
  emit(session, 'step-js', `JavaScript ${what}`, 'ms', js.milliseconds, js.how);
}

async function tokenStep(session: Session): Promise<void> {
  const { arch, opened } = session;
  const config = MODELS[arch];
  const policy = new GpuPolicy(opened.gpu, config, initWeights(config, 5), { kind: 'none' });
  const promptIds = prompts(config, BATCH);
  const [short, long] = [ourDecode(policy, promptIds, SHORT), ourDecode(policy, promptIds, LONG)];
  await long.run();
  const [few, many] = [await meter.count(() => short.run()), await meter.count(() => long.run())];
  const perStep = (of: keyof Counts) => (many[of] - few[of]) / (LONG - SHORT);
  const [js, longJs] = [await withoutGpu(() => short.run()), await withoutGpu(() => long.run())];
  policy.dispose();
  const what = `of a token step of ${BATCH} sequences`;
  emitCounts(session, 'token', what, {
    dispatches: perStep('dispatches'),
    submits: perStep('submits'),
    reads: perStep('reads'),
  });
  const milliseconds = (longJs.milliseconds - js.milliseconds) / (LONG - SHORT);
  emit(session, 'token-js', `JavaScript ${what}`, 'ms', milliseconds, js.how);
}

/** Median over rounds of everything but the GPU's work. What is read back meanwhile is left from before. */
async function withoutGpu(run: () => Promise<{ readonly wall: number }>) {
  const rounds: { readonly wall: number; readonly thread: number }[] = [];
  meter.skipDispatches = true;
  try {
    for (let i = 0; i < ROUNDS; i++) {
      const before = mainThreadNow();
      const wall = performance.now();
      await run();
      rounds.push({ wall: performance.now() - wall, thread: mainThreadNow() - before });
    }
  } finally {
    meter.skipDispatches = false;
  }
  const thread = median(rounds.map((round) => round.thread));
  return Number.isNaN(thread)
    ? { milliseconds: median(rounds.map(({ wall }) => wall)), how: HOW_ON_THE_CLOCK }
    : { milliseconds: thread, how: HOW };
}

function emitCounts(session: Session, name: 'step' | 'token', what: string, counts: Counts): void {
  const { submits, reads } = counts;
  const note = `${round(submits)} submits, ${round(reads)} read-backs`;
  emit(session, name, `dispatches ${what}`, 'dispatches', counts.dispatches, note);
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}

function emit(
  session: Session,
  name: Parameters<typeof dispatchId>[1],
  what: string,
  unit: string,
  ours: number,
  note?: string,
): void {
  const id = dispatchId(session.arch, name);
  if (!session.wanted(id)) return;
  session.emit(plainRow({ id, what, unit, ours, ...(note === undefined ? {} : { note }) }));
}
