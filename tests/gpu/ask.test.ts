/** Asking one question gives what an evaluation gives, token for token, by `generate()` instead of the sampler. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { nodePlatform } from '../../scripts/runtime/node-platform';
import { adapterFolder } from '../../src/engine/peft';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { evaluatePolicy } from '../../src/grpo/evaluate';
import type { Trajectory } from '../../src/grpo/types';
import { SamplingStopped } from '../../src/engine/transformers/generate-sampling';
import type { HostTensors } from '../../src/engine/types';
import { Random } from '../../src/random/philox';
import { ask, askMenu, askPolicy } from '../../src/run/ask';
import { openRun, type OpenedRun, type RunPlatform } from '../../src/run/open-run';
import { resolveSettings } from '../../src/settings/resolve';
import type { AskAnswer, AskEvent } from '../../workers/api';

const { settings: SETTINGS } = resolveSettings({ flags: { loraR: '4', loraAlpha: '8' } });
const COUNT = 3;

let platform: RunPlatform;
let run: OpenedRun;
let adapter: HostTensors;
beforeAll(async () => {
  await createDawnGpu();
  platform = await nodePlatform(() => undefined);
  run = await openRun(platform, SETTINGS, new MemoryStore(), () => undefined);
  // Small enough that the policy still converses, large enough that its tokens change.
  adapter = await run.policy.readAdapter();
  for (const [name, { data }] of adapter) {
    const random = new Random(2, name);
    if (name.includes('.lora_B.')) for (let i = 0; i < data.length; i++) data[i] = 0.15 * random.normal();
  }
  run.policy.loadAdapter(adapter);
});
afterAll(() => run.dispose());

const questions = () => run.dataset.questions.test.slice(0, COUNT);

async function evaluated(temperature: number): Promise<readonly Trajectory[]> {
  const each: Trajectory[] = [];
  // One by one: an ask is the first question of its own list, and so has that one's random stream.
  for (const question of questions()) {
    const options = { step: 0, split: 'test', temperature } as const;
    each.push(...(await evaluatePolicy(run.deps, run.settings, [question], options)).trajectories);
  }
  return each;
}

async function asked(temperature: number, events: AskEvent[] = []): Promise<AskAnswer[]> {
  const answers: AskAnswer[] = [];
  for (const question of questions()) {
    answers.push(
      await askPolicy({ ...run.deps, ...run }, run.settings, question, {
        temperature,
        draw: 0,
        isScored: true,
        onEvent: (event) => events.push(event),
      }),
    );
  }
  return answers;
}

function expectSame(answers: readonly AskAnswer[], trajectories: readonly Trajectory[]): void {
  expect(answers).toHaveLength(trajectories.length);
  answers.forEach(({ view, answer, correct, reward, turns, endReason }, i) => {
    const { ids, source, logprobs, outcome, reward: wanted } = trajectories[i] as Trajectory;
    expect(view.tokens).toEqual(ids.map((id) => run.deps.chat.tokenText(id)));
    expect(view.source).toEqual(source);
    view.logprobs.forEach((logprob, t) => expect(logprob).toBeCloseTo(logprobs[t] as number, 4));
    expect({ answer, correct, reward, turns, endReason }).toEqual({
      answer: outcome.answer,
      correct: outcome.rubric.answer_correct,
      reward: wanted,
      turns: outcome.turns,
      endReason: outcome.endReason,
    });
  });
}

describe('the tokens, turns and verdict of an evaluation', () => {
  test.each([0, 1])('temperature %d, adapter on and off', async (temperature) => {
    const texts: string[] = [];
    for (const on of [true, false]) {
      run.policy.adapterEnabled = on;
      const answers = await asked(temperature);
      expectSame(answers, await evaluated(temperature));
      texts.push(JSON.stringify(answers.map(({ view }) => view.tokens)));
    }
    run.policy.adapterEnabled = true;
    expect(texts[0]).not.toBe(texts[1]);
  });

  test('events tell every sampled token and every turn, in order', async () => {
    run.policy.adapterEnabled = false;
    const events: AskEvent[] = [];
    const answers = await asked(0, events);
    run.policy.adapterEnabled = true;
    const written = events.flatMap((event) => (event.kind === 'token' ? [event.text] : []));
    expect(written).toEqual(
      answers.flatMap(({ view }) => view.tokens.filter((_, t) => view.source[t] === 1)),
    );
    const turns = events.flatMap((event) => (event.kind === 'turn' ? [event.turn] : []));
    const wanted = answers.flatMap((answer) => answer.turns);
    expect(turns.map(({ text, calls }) => ({ text, calls }))).toEqual(
      wanted.map(({ text, calls }) => ({ text, calls })),
    );
    expect(turns.map((turn) => turn.results.map(({ content }) => content))).toEqual(
      wanted.map((turn) => turn.results.map(({ content }) => content)),
    );
    expect(wanted.length).toBeGreaterThan(COUNT);
    // The built-in policy finds most answers, and names the mail that holds them.
    expect(
      answers.some(({ sources }) => sources.some(({ isReference, email }) => isReference && email)),
    ).toBe(true);
  });

  test('each try above temperature 0 is another', async () => {
    const question = questions()[0] as ReturnType<typeof questions>[0];
    const tokens = async (draw: number) => {
      const options = { temperature: 2, draw, isScored: true, onEvent: () => undefined };
      return (await askPolicy({ ...run.deps, ...run }, run.settings, question, options)).view.tokens;
    };
    expect(await tokens(1)).not.toEqual(await tokens(2));
  });
});

describe('from settings and files, as the page asks', () => {
  const folder = () =>
    adapterFolder(adapter, { r: 4, alpha: 8, targets: SETTINGS.loraTargets }, { baseModel: 'mailgym-tiny' });

  test('a question of the dataset, with an adapter, in its own device', async () => {
    const question = questions()[0] as ReturnType<typeof questions>[0];
    const request = { question: { kind: 'dataset', id: question.id }, temperature: 0, draw: 0 } as const;
    const events: AskEvent[] = [];
    const answer = await ask(platform, SETTINGS, request, folder(), (event) => events.push(event));
    expectSame([answer], [(await evaluated(0))[0] as Trajectory]);
    expect(events[0]?.kind).toBe('loading');
  });

  test('a question in own words has no verdict', async () => {
    const { inboxes, questions: known } = askMenu(run.dataset);
    expect(known[0]?.split).toBe('test');
    const own = {
      kind: 'own',
      text: ' Who signed the contract? ',
      ...(inboxes[0] as (typeof inboxes)[0]),
    } as const;
    const answer = await ask(
      platform,
      SETTINGS,
      { question: own, temperature: 0, draw: 0 },
      null,
      () => undefined,
    );
    expect(answer).toMatchObject({ gold: null, correct: null, reward: null });
    expect(answer.view.tokens.join('')).toContain(`Inbox ${own.inbox}. Today ${own.queryDate}.`);
    expect(answer.turns.length).toBeGreaterThan(0);
  });

  test('stopped in the middle; nothing stays on the GPU', async () => {
    const stop = new AbortController();
    const live = run.policy.memory.bytes;
    const asking = askPolicy({ ...run.deps, ...run }, run.settings, questions()[0] as never, {
      temperature: 0,
      draw: 0,
      isScored: true,
      onEvent: (event) => {
        if (event.kind === 'token') stop.abort();
      },
      signal: stop.signal,
    });
    await expect(asking).rejects.toThrow(SamplingStopped);
    expect(run.policy.memory.bytes).toBe(live);
  });

  test('what makes no sense is refused with what to do', async () => {
    const own = { kind: 'own', text: 'Who?', inbox: 'a@b.example', queryDate: '2025-01-01' } as const;
    const fails = (question: object, temperature = 0, draw = 0) =>
      expect(
        ask(
          platform,
          SETTINGS,
          { question: { ...own, ...question }, temperature, draw },
          null,
          () => undefined,
        ),
      ).rejects;
    await fails({ text: ' ' }).toThrow(/question is empty/);
    await fails({ inbox: '' }).toThrow(/No inbox is chosen/);
    await fails({ queryDate: 'tomorrow' }).toThrow(/Write the day of the question as YYYY-MM-DD/);
    await fails({}, -1).toThrow(/temperature is -1/);
    await fails({}, 0, 0.5).toThrow(/number of the try is 0.5/);
    await fails({ kind: 'dataset', id: 'none' }).toThrow(/has no question none/);
  });
});
