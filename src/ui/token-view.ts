/** Every token of one trajectory, coloured; a caption tells about the token under the pointer or the focus. */
import type { TrajectoryView } from '../grpo/types';
import { TOKEN_SOURCE } from '../tokens/types';
import { advantageScale, advantageStep, PROBABILITY_BOUNDS, surpriseStep, tokenRole } from './colour';
import { el, fill, hidden, uniqueId } from './dom';
import { count, percent } from '../report/format';
import type { Colouring } from './state';
import { blockTitle, tokenBlocks, tokenFacts, trained, type TokenBlock } from './tokens';

export interface TokenViewOptions {
  readonly colouring: Colouring;
  /** Another mask than the one the run used, for teaching. */
  readonly mask?: Uint8Array;
  /** Said before the text: whose tokens these are. */
  readonly label: string;
  /** The prompt is long and the same for a whole group; it starts folded unless this is true. */
  readonly promptOpen?: boolean;
  /** A conversation outside of training, of which nothing is trained: the mask goes unmentioned. */
  readonly outsideTraining?: boolean;
}

/** Draws a trajectory; the node owns its listeners and caption and can simply be dropped. */
export function tokenView(view: TrajectoryView, options: TokenViewOptions): HTMLElement {
  const mask = options.mask ?? view.lossMask;
  const scale = advantageScale(view.tokenAdvantages);
  const spans: HTMLElement[] = [];
  const classOf = (index: number): string => {
    const source = view.source[index] ?? TOKEN_SOURCE.prompt;
    const isTrained = (mask[index] ?? 0) > 0;
    switch (options.colouring) {
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
  const blockNode = (block: TokenBlock): HTMLElement => {
    const text = el('div', { class: 'tok-text' });
    for (let i = block.start; i < block.end; i++) {
      const span = el('span', { class: classOf(i), 'data-i': i }, shown(view.tokens[i] ?? ''));
      spans[i] = span;
      text.append(span);
    }
    const counted = trained(mask.subarray(block.start, block.end));
    const size = block.end - block.start;
    const note = counted === 0 ? 'not trained' : counted === size ? 'all trained' : `${counted} trained`;
    const about = options.outsideTraining === true ? '' : `, ${note}`;
    const head = [el('b', {}, blockTitle(block)), ` ${count(size, 'token')}${about}`];
    const kind = SOURCE_CLASS[block.source] ?? 'prompt';
    if (block.source === TOKEN_SOURCE.prompt) {
      const open = options.promptOpen ?? false;
      return el(
        'details',
        { class: `tok-block block-${kind}`, open },
        el('summary', { class: 'tok-head' }, ...head),
        text,
      );
    }
    return el('div', { class: `tok-block block-${kind}` }, el('div', { class: 'tok-head' }, ...head), text);
  };
  const captionId = uniqueId('token-caption');
  const caption = el('div', { class: 'tok-caption', id: captionId, role: 'status', hidden: true });
  const body = el(
    'div',
    {
      class: 'tok-body',
      tabindex: 0,
      role: 'group',
      'aria-label': `${options.label}. Arrow keys move from token to token.`,
      'aria-describedby': captionId,
    },
    ...tokenBlocks(view.source).map(blockNode),
  );
  const root = el('div', { class: 'tok-view' }, body, caption);

  let current = -1;
  const show = (index: number, byKey: boolean): void => {
    const span = spans[index];
    if (span === undefined) return;
    if (current !== index) {
      spans[current]?.classList.remove('is-current');
      span.classList.add('is-current');
      current = index;
      const facts = tokenFacts(view, index, mask);
      const lines = options.outsideTraining === true ? facts.lines.filter(isAboutToken) : facts.lines;
      fill(
        caption,
        el(
          'div',
          { class: 'tok-caption-text' },
          el('code', {}, facts.text),
          hidden(', '),
          ` #${facts.index}`,
        ),
        el('dl', {}, ...lines.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
      );
    }
    caption.hidden = false;
    span.closest('details')?.setAttribute('open', '');
    place(caption, span, root);
    if (byKey) span.scrollIntoView({ block: 'nearest' });
  };
  const leave = (): void => {
    spans[current]?.classList.remove('is-current');
    caption.hidden = true;
    current = -1;
  };
  const indexOf = (target: EventTarget | null): number =>
    target instanceof HTMLElement && target.dataset['i'] !== undefined ? Number(target.dataset['i']) : -1;
  body.addEventListener('pointerover', (event) => {
    const index = indexOf(event.target);
    if (index >= 0) show(index, false);
  });
  body.addEventListener('pointerdown', (event) => {
    const index = indexOf(event.target);
    if (index >= 0) show(index, false);
  });
  body.addEventListener('pointerleave', (event) => {
    // A finger leaves as soon as it is lifted; its caption stays to be read.
    if (event.pointerType === 'mouse') leave();
  });
  body.addEventListener('blur', leave);
  body.addEventListener('keydown', (event) => {
    const from = current === -1 ? firstSampled(view) : current;
    const to = {
      ArrowRight: from + (current === -1 ? 0 : 1),
      ArrowLeft: from - 1,
      Home: 0,
      End: spans.length - 1,
    }[event.key];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      show(lineNeighbour(spans, current === -1 ? from : current, event.key === 'ArrowDown' ? 1 : -1), true);
    } else if (to !== undefined) {
      event.preventDefault();
      show(Math.max(0, Math.min(spans.length - 1, to)), true);
    } else if (event.key === 'Escape') leave();
  });
  return root;
}

function isAboutToken([name]: readonly [string, string]): boolean {
  return name !== 'mask' && name !== 'advantage';
}

const SOURCE_CLASS: Readonly<Record<number, string>> = {
  [TOKEN_SOURCE.prompt]: 'prompt',
  [TOKEN_SOURCE.sampled]: 'sampled',
  [TOKEN_SOURCE.tool]: 'tool',
};

/** Line breaks get a sign, so that a token that is only a break can be seen and pointed at. */
function shown(text: string): string {
  return text.replaceAll('\n', '⏎\n');
}

function firstSampled(view: TrajectoryView): number {
  return Math.max(0, view.source.indexOf(TOKEN_SOURCE.sampled));
}

/** The token above or below, by its place on the screen. */
function lineNeighbour(spans: readonly HTMLElement[], from: number, direction: 1 | -1): number {
  const start = spans[from];
  if (start === undefined) return from;
  const { left, top } = start.getBoundingClientRect();
  let line: number | null = null;
  let best = from;
  for (let i = from + direction; i >= 0 && i < spans.length; i += direction) {
    const box = spans[i]?.getBoundingClientRect();
    if (box === undefined || Math.abs(box.top - top) < 4) continue;
    if (line === null) line = box.top;
    else if (Math.abs(box.top - line) >= 4) break;
    const bestBox = spans[best]?.getBoundingClientRect();
    if (best === from || (bestBox && Math.abs(box.left - left) < Math.abs(bestBox.left - left))) best = i;
  }
  return best;
}

/** Puts the caption under the token, inside the view, without covering the token's line. */
function place(caption: HTMLElement, span: HTMLElement, root: HTMLElement): void {
  const frame = root.getBoundingClientRect();
  const box = span.getClientRects()[0] ?? span.getBoundingClientRect();
  const left = Math.max(4, Math.min(box.left - frame.left, frame.width - caption.offsetWidth - 4));
  const below = box.bottom - frame.top + 6;
  const roomBelow = innerHeight - box.bottom > caption.offsetHeight + 12;
  const top = roomBelow ? below : box.top - frame.top - caption.offsetHeight - 6;
  caption.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

/** What the colours mean. */
export function tokenLegend(colouring: Colouring, trainsTools: boolean): HTMLElement {
  const item = (className: string, text: string) =>
    el('li', {}, el('span', { class: `tok ${className}`, 'aria-hidden': 'true' }, 'abc'), ` ${text}`);
  switch (colouring) {
    case 'mask':
      return el(
        'ul',
        { class: 'legend' },
        item('role-prompt', 'prompt'),
        item('role-trained', 'written by the model, trained'),
        item('role-untrained', 'written by the model, not trained'),
        item('role-tool', 'tool result, not trained'),
        trainsTools && item('role-tool-trained', 'tool result, trained'),
      );
    case 'advantage':
      return el(
        'ul',
        { class: 'legend' },
        item('adv-down-4', 'much less likely from now on'),
        item('adv-down-2', 'less likely'),
        item('', 'no change'),
        item('adv-up-2', 'more likely'),
        item('adv-up-4', 'much more likely'),
      );
    case 'logprob':
      return el(
        'ul',
        { class: 'legend' },
        item('', 'not written by the model'),
        ...PROBABILITY_BOUNDS.map((bound, i) => item(`sur-${i}`, `p ≥ ${percent(bound)}`)),
        item(`sur-${PROBABILITY_BOUNDS.length}`, `p < ${percent(PROBABILITY_BOUNDS.at(-1))}`),
      );
  }
}
