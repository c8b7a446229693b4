/** The tokens of a trajectory as text, in blocks by who wrote them. */
import type { JSX } from 'preact';
import type { TrajectoryView } from '../../grpo/types';
import { TOKEN_SOURCE } from '../../tokens/types';
import { advantageScale, advantageStep, surpriseStep, tokenRole } from '../colour';
import type { Colouring } from '../state';
import { t } from '../texts';
import { blockTitle, tokenBlocks, trained, type TokenBlock } from '../tokens';

interface Props {
  readonly view: TrajectoryView;
  readonly colouring: Colouring;
  readonly mask: Uint8Array;
  readonly promptOpen: boolean;
  readonly outsideTraining: boolean;
}

const SOURCE_CLASS: Readonly<Record<number, string>> = {
  [TOKEN_SOURCE.prompt]: 'prompt',
  [TOKEN_SOURCE.sampled]: 'sampled',
  [TOKEN_SOURCE.tool]: 'tool',
};

export function TokenText(props: Props): JSX.Element {
  const look = looks(props);
  return (
    <>
      {tokenBlocks(props.view.source).map((block) => (
        <Block key={block.start} {...props} block={block} look={look} />
      ))}
    </>
  );
}

interface BlockProps extends Props {
  readonly block: TokenBlock;
  readonly look: (index: number) => string;
}

function Block({ view, mask, promptOpen, outsideTraining, block, look }: BlockProps): JSX.Element {
  const { start, end, source } = block;
  const kind = SOURCE_CLASS[source] ?? 'prompt';
  const size = end - start;
  const counted = trained(mask.subarray(start, end));
  const about = t.app.facts([
    t.tokens.tokens(size),
    ...(outsideTraining ? [] : [t.tokens.trained(counted, size)]),
  ]);
  const head = (
    <>
      <b>{blockTitle(block)}</b> {about}
    </>
  );
  const text = (
    <div class="tok-text">
      {view.tokens.slice(start, end).map((token, i) => (
        <span key={i} class={look(start + i)} data-i={start + i}>
          {shown(token)}
        </span>
      ))}
    </div>
  );
  return source === TOKEN_SOURCE.prompt ? (
    <details class={`tok-block block-${kind}`} open={promptOpen}>
      <summary class="tok-head">{head}</summary>
      {text}
    </details>
  ) : (
    <div class={`tok-block block-${kind}`}>
      <div class="tok-head">{head}</div>
      {text}
    </div>
  );
}

/** The class of each token. */
function looks({ view, mask, colouring }: Props): (index: number) => string {
  const scale = advantageScale(view.tokenAdvantages);
  return (index) => {
    const source = view.source[index] ?? TOKEN_SOURCE.prompt;
    const isTrained = (mask[index] ?? 0) > 0;
    switch (colouring) {
      case 'mask':
        return `tok role-${tokenRole(source, isTrained)}`;
      case 'advantage': {
        const step = isTrained ? advantageStep(view.tokenAdvantages[index] ?? 0, scale) : 0;
        return step === 0 ? 'tok' : `tok adv-${step > 0 ? 'up' : 'down'}-${Math.abs(step)}`;
      }
      case 'logprob':
        return source === TOKEN_SOURCE.sampled ? `tok sur-${surpriseStep(view.logprobs[index] ?? 0)}` : 'tok';
    }
  };
}

/** Line breaks get a sign, so that a token that is only a break can be seen and pointed at. */
function shown(text: string): string {
  return text.replaceAll('\n', '⏎\n');
}
