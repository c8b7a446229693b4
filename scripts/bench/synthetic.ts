/** Trajectories in the shape of recorded ones: how much they share, how long they are, how much of them is trained. */
import { TOKEN_SOURCE } from '../../src/tokens/types';
import { Random } from '../../src/random/philox';
import type { TrainedTokens } from './grpo';

/** Tokens that all groups share, and that all rollouts of a group share besides. */
const SYSTEM = 48;
const QUESTION = 16;
const TURNS = 3;
/** Sampled tokens of a turn, and tokens of the result that follows. */
const CALL = 16;
const RESULT = 40;
/** What rollouts choose between in each turn: of a group of eight, every token stands about 2.7 times, as early in training. */
const CHOICES = 2;

/** Groups of `rollouts` episodes of three turns; those that chose alike up to a turn are alike up to its result. */
export function syntheticGroups(vocabulary: number, groups: number, rollouts: number): TrainedTokens[] {
  const choice = new Random(13, 'bench-choices');
  const draw = (stream: string, count: number) => {
    const random = new Random(13, `bench-synthetic ${stream}`);
    return Array.from({ length: count }, () => random.integer(vocabulary));
  };
  return Array.from({ length: groups * rollouts }, (_, i) => {
    const group = Math.floor(i / rollouts);
    const ids = [...draw('system', SYSTEM), ...draw(`question ${group}`, QUESTION)];
    const source: number[] = ids.map(() => TOKEN_SOURCE.prompt);
    let path = String(group);
    for (let turn = 0; turn < TURNS; turn++) {
      path += ` ${choice.integer(CHOICES)}`;
      ids.push(...draw(path, CALL + RESULT));
      for (let t = 0; t < CALL + RESULT; t++)
        source.push(t < CALL ? TOKEN_SOURCE.sampled : TOKEN_SOURCE.tool);
    }
    return trained(ids, source, i % 2 === 0 ? 1 : -1, vocabulary);
  });
}

/** One sequence of which everything after its first token was sampled. */
export function syntheticSequence(vocabulary: number, length: number): TrainedTokens[] {
  const random = new Random(13, 'bench-sequence');
  const ids = Array.from({ length }, () => random.integer(vocabulary));
  const source = ids.map((_, t) => (t === 0 ? TOKEN_SOURCE.prompt : TOKEN_SOURCE.sampled));
  return [trained(ids, source, 1, vocabulary)];
}

/** Sampled tokens train, with the log-prob of a uniform draw. */
function trained(
  ids: readonly number[],
  source: readonly number[],
  advantage: number,
  vocabulary: number,
): TrainedTokens {
  const isSampled = source.map((one) => one === TOKEN_SOURCE.sampled);
  return {
    ids,
    source: Uint8Array.from(source),
    lossMask: Uint8Array.from(isSampled, Number),
    tokenAdvantages: Float32Array.from(isSampled, (sampled) => (sampled ? advantage : 0)),
    logprobs: Float32Array.from(isSampled, (sampled) => (sampled ? -Math.log(vocabulary) : 0)),
  };
}
