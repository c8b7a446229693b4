/** Where a step's time on the GPU goes, program by program. */
import { GpuPolicy } from '../../../src/engine/gpu-policy';
import { MODELS, stepSize } from '../archs';
import { randomTokens } from '../batch';
import { profileId, type ProfileName } from '../catalog';
import { ourDecode, prompts } from '../decode';
import { trainerStep } from '../grpo';
import { plainRow } from '../measure';
import { profile } from '../profiler';
import { randomWeights } from '../random-weights';
import { freshPolicy, loadDefaultPolicy, openDefaultRun, recordGroups, score } from '../recorded';
import type { Session } from '../session';
import { ADAPTER, FULL, ourStep } from '../steps';
import type { Contestant, ProgramTime } from '../types';

const ROUNDS = 5;
/** Sampling: sequences, and token steps of each. */
const SEQUENCES = 32;
const TOKENS = 64;

export async function profileRows(session: Session): Promise<void> {
  const { arch, opened, software } = session;
  const wanted = (name: ProfileName) => session.wanted(profileId(arch, name));
  const config = MODELS[arch];
  const size = stepSize(arch, software);
  for (const [name, training] of [
    ['full', FULL],
    ['lora', ADAPTER],
  ] as const) {
    if (!wanted(name)) continue;
    const model = { config, tensors: await randomWeights(config, 5) };
    const step = ourStep(session, name, model, randomTokens(config, size), training);
    const what = name === 'full' ? 'all parameters' : 'the adapter alone';
    await profileStep(
      session,
      name,
      step,
      `a step of ${what} over ${size.sequences} x ${size.length} tokens`,
    );
  }
  if (wanted('decode')) {
    const policy = new GpuPolicy(opened.gpu, config, await randomWeights(config, 5), { kind: 'none' });
    const steps = ourDecode(policy, prompts(config, SEQUENCES), TOKENS);
    await profileStep(
      session,
      'decode',
      steps,
      `${TOKENS} token steps of ${SEQUENCES} sequences, prompts included`,
    );
    policy.dispose();
  }
  if (!wanted('rollouts') && !wanted('masked') && !wanted('unmasked')) return;
  const platform = await session.platform();
  const start = await loadDefaultPolicy(platform);
  const run = await openDefaultRun(platform, start.settings);
  const record = () => recordGroups(run.deps, start.settings, 4, 8);
  const trajectories = await record();
  if (wanted('rollouts')) {
    await profileWork(session, 'rollouts', record, '4 x 8 rollouts of the default policy');
  }
  run.dispose();
  for (const [name, mode] of [
    ['masked', 'masked'],
    ['unmasked', 'rollout'],
  ] as const) {
    if (!wanted(name)) continue;
    const policy = freshPolicy(opened.gpu, start);
    const batch = score(trajectories, start.settings, mode);
    const step = trainerStep(name, policy, batch, { ...start.settings, mode });
    await profileStep(session, name, step, `a GRPO update of the default policy, ${name}`);
  }
}

async function profileStep(
  session: Session,
  name: ProfileName,
  step: Contestant,
  what: string,
): Promise<void> {
  await step.run();
  await profileWork(session, name, () => step.run(), what);
  await step.dispose?.();
}

async function profileWork(
  session: Session,
  name: ProfileName,
  work: () => Promise<unknown>,
  what: string,
): Promise<void> {
  const rounds: (readonly ProgramTime[])[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await profile(work));
  const total = (times: readonly ProgramTime[]) =>
    times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const sorted = rounds.toSorted((a, b) => total(a) - total(b));
  const middle = sorted[ROUNDS >> 1] as readonly ProgramTime[];
  const of = { id: profileId(session.arch, name), what: `GPU time of ${what}`, unit: 'ms' };
  session.emit(plainRow({ ...of, ours: total(middle), programs: middle }));
}
