/** Why training on tool results changes a run: the gradient of one real group, taken apart. */
import { MEASURES, valuesAt } from '../curves';
import { spreadOf } from '../../../src/report/spread';
import { saysIdk } from '../subject';
import type { ExampleRollout, ExampleToken, GradientExample, GroupGradients } from '../types';
import { code, compareShares, count, fixed, plain, share, table } from '../words';
import { figure, modesBudget, runsOf, type Context, type Section } from './section';

/** Cosines below this count as "at right angles". */
const RIGHT_ANGLE = 0.2;

export function gradientSection(context: Context): Section {
  const { example } = context.learning;
  if (example === null) return ['The gradient example was not made.'];
  const { shown } = example;
  return [
    'Mode rollout trains every token after the first prompt, tool results too. With a positive advantage the policy is ' +
      `then pushed to foretell ${saysIdk(context.learning.environment) ? 'the mails' : 'the results'} it was shown, with a negative one to find them less likely. Neither says ` +
      'anything about what it should write. What that does to the gradient is shown on one real group of the start policy.',
    `Question "${example.question}", right answer "${example.gold}", ${shown.rollouts} rollouts (seed ${example.seed}), ` +
      `${shown.right} of them right. The loss is a sum over tokens, so the gradient of mode rollout is that of its sampled ` +
      'tokens plus that of its tool tokens (results and the role headers around them), exactly.',
    table(
      ['', 'tokens', 'mean log-prob (nats)', 'norm of the gradient'],
      [
        ['masked loss', plain(shown.sampledTokens), fixed(shown.sampledLogprob), plain(shown.masked)],
        ['loss of mode rollout', plain(shown.sampledTokens + shown.toolTokens), '', plain(shown.whole)],
        [
          '– of it from sampled tokens',
          plain(shown.sampledTokens),
          fixed(shown.sampledLogprob),
          plain(shown.sampled),
        ],
        ['– of it from tool tokens', plain(shown.toolTokens), fixed(shown.toolLogprob), plain(shown.tool)],
      ],
    ),
    ...sentences(shown),
    ...allGroups(example),
    ...link(context),
    ...figure(context.plots, 'gradient-tokens.svg', 'Log-prob of each token of the example'),
    'The rollouts of that group with the highest and the lowest advantage, piece by piece ' +
      '([every token on its own](gradient-tokens.md)):',
    ...example.rollouts.flatMap(rolloutTable),
  ];
}

function toolShare({ toolTokens, sampledTokens }: GroupGradients): number {
  const all = toolTokens + sampledTokens;
  return all > 0 ? toolTokens / all : 0;
}

function sentences(shown: GroupGradients): string[] {
  if (shown.toolTokens === 0)
    return ['None of these rollouts holds a tool result, so both modes train the same tokens.'];
  const longer = shown.tool / shown.sampled;
  const angle = (cosine: number) =>
    Math.round((Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI);
  const direction =
    Math.abs(shown.maskedTool) < RIGHT_ANGLE
      ? 'nearly at right angles to it: it neither helps nor hinders what the sampled tokens ask for, but takes part of every step'
      : shown.maskedTool > 0
        ? 'partly along it: a part of it pushes where the sampled tokens push, too'
        : 'partly against it: a part of it undoes what the sampled tokens ask for';
  const foretold =
    shown.toolLogprob < shown.sampledLogprob
      ? 'The policy foretells tool tokens worse than its own'
      : 'The policy foretells tool tokens no worse than its own';
  return [
    `${share(toolShare(shown))} of the tokens that mode rollout trains here are tool tokens. Their part of the gradient is ` +
      `${longer.toFixed(1)} times as long as that of the sampled tokens. The cosine between it and the masked gradient is ` +
      `${fixed(shown.maskedTool)}, ${direction}. The whole gradient of mode rollout lies ${angle(shown.maskedWhole)}° ` +
      `away from the masked one (cosine ${fixed(shown.maskedWhole)}).`,
    `${foretold} (mean log-prob ${fixed(shown.toolLogprob)} against ${fixed(shown.sampledLogprob)} nats), ` +
      'and clipping and AdamW make the length of a gradient matter little, so what counts is which way it points.',
  ];
}

function allGroups({ groups }: GradientExample): string[] {
  const there = groups.filter(({ toolTokens }) => toolTokens > 0);
  if (there.length < 2) return [];
  const range = (of: (group: GroupGradients) => number, format: (value: number) => string) => {
    const spread = spreadOf(there.map(of));
    return spread === null ? '' : `${format(spread.mean)} (${format(spread.min)} to ${format(spread.max)})`;
  };
  const two = (value: number) => fixed(value);
  return [
    `The same over all ${there.length} groups of that batch that teach: tool tokens are ${range(toolShare, share)} of the ` +
      `trained ones, their gradient is ${range(
        (g) => g.tool / g.sampled,
        (value) => value.toFixed(1),
      )} times as long, its cosine to the ` +
      `masked one ${range((g) => g.maskedTool, two)}, that of the whole ${range((g) => g.maskedWhole, two)}.`,
  ];
}

/** Whether the runs show what the gradient suggests. */
function link({ learning }: Context): string[] {
  const at = modesBudget(learning, 'steps');
  const side = (mode: 'masked' | 'rollout') => ({
    name: mode,
    values: valuesAt(runsOf(learning, mode), 'steps', MEASURES.validation, at),
  });
  const sentence = compareShares(
    `In the runs, after ${count(at, 'step')}`,
    'validation accuracy',
    side('masked'),
    side('rollout'),
  );
  const kl = (mode: 'masked' | 'rollout') =>
    spreadOf(valuesAt(runsOf(learning, mode), 'steps', MEASURES.kl, at).map(({ value }) => value))?.mean;
  const [masked, rollout] = [kl('masked'), kl('rollout')];
  if (sentence === null) return [];
  const drift =
    masked === undefined || rollout === undefined
      ? ''
      : ` Its KL to the start is ${plain(rollout)} nats per trained token, that of masked ${plain(masked)}; each is over the tokens that its mode trains` +
        (rollout > masked ? ', and unmasked runs move further there.' : '.');
  return [`${sentence}${drift}`];
}

interface Piece {
  readonly source: ExampleToken['source'];
  readonly tokens: readonly ExampleToken[];
}

function pieces(tokens: readonly ExampleToken[]): Piece[] {
  const found: { source: ExampleToken['source']; tokens: ExampleToken[] }[] = [];
  for (const token of tokens) {
    const last = found.at(-1);
    if (last?.source === token.source) last.tokens.push(token);
    else found.push({ source: token.source, tokens: [token] });
  }
  return found;
}

const TRAINED: Readonly<Record<ExampleToken['source'], string>> = {
  prompt: 'neither',
  sampled: 'both modes',
  tool: 'rollout only',
};

function rolloutTable(rollout: ExampleRollout): string[] {
  const rows = pieces(rollout.tokens).map(({ source, tokens }) => {
    const logprob = spreadOf(tokens.map((token) => token.logprob));
    return [
      source,
      String(tokens.length),
      TRAINED[source],
      source === 'prompt' ? '–' : fixed(tokens[0]?.advantage ?? 0),
      logprob === null ? '–' : fixed(logprob.mean),
      code(tokens.map(({ text }) => text).join('')),
    ];
  });
  return [
    `Rollout ${rollout.rollout}: reward ${fixed(rollout.reward)}, advantage ${fixed(rollout.advantage)}, ` +
      `${rollout.correct ? 'right' : 'not right'}${rollout.answer === null ? ', no answer' : `, answer "${rollout.answer}"`}.`,
    table(['source', 'tokens', 'trained by', 'advantage', 'mean log-prob (nats)', 'text'], rows),
  ];
}

/** `gradient-tokens.md`: one row per token. */
export function tokenPage(example: GradientExample): string {
  const tables = example.rollouts.flatMap((rollout) => [
    `## Rollout ${rollout.rollout}, advantage ${fixed(rollout.advantage)}`,
    table(
      ['#', 'token', 'source', 'advantage', 'log-prob (nats)', 'masked', 'rollout'],
      rollout.tokens.map(({ text, source, advantage, logprob }, t) => [
        String(t),
        code(text === '' ? ' ' : text),
        source,
        source === 'prompt' ? '–' : fixed(advantage),
        logprob === null ? '–' : fixed(logprob, 3),
        source === 'sampled' ? 'trains' : '–',
        source === 'prompt' ? '–' : 'trains',
      ]),
    ),
  ]);
  return `${['# Every token of the gradient example', `Question "${example.question}". Written by \`npm run compare\`.`, ...tables].join('\n\n')}\n`;
}
