/** Every token of one trajectory, coloured; a caption tells about the token under the pointer or the focus. */
import { useSignal } from '@preact/signals';
import { Fragment, type JSX } from 'preact';
import { useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { TrajectoryView } from '../../grpo/types';
import { TOKEN_SOURCE } from '../../tokens/types';
import type { Colouring } from '../state';
import { t } from '../texts';
import { tokenFacts } from '../tokens';
import { besideLine, nextToken, placeBelow } from './token-moves';
import { TokenText } from './token-text';

interface Props {
  readonly view: TrajectoryView;
  readonly colouring: Colouring;
  /** Another mask than the one the run used, for teaching. The same object for the same mask. */
  readonly mask?: Uint8Array;
  /** Said before the text: whose tokens these are. */
  readonly label: string;
  /** The prompt is long and the same for a whole group; it starts folded unless this is true. */
  readonly promptOpen?: boolean;
  /** A conversation outside of training, of which nothing is trained: the mask goes unmentioned. */
  readonly outsideTraining?: boolean;
  /** Told of a token that is pressed, or entered by keyboard. */
  readonly onChoose?: (token: number) => void;
}

const NONE = -1;

export function TokenView(props: Props): JSX.Element {
  const { view, colouring, label, promptOpen = false, outsideTraining = false } = props;
  const mask = props.mask ?? view.lossMask;
  const captionId = useId();
  const current = useSignal(NONE);
  const root = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const caption = useRef<HTMLDivElement>(null);
  // Thousands of nodes: made once for what they show, not again for each token pointed at.
  const text = useMemo(
    () => <TokenText {...{ view, colouring, mask, promptOpen, outsideTraining }} />,
    [view, colouring, mask, promptOpen, outsideTraining],
  );
  const spans = (): HTMLElement[] => [...(body.current?.querySelectorAll<HTMLElement>('.tok') ?? [])];
  const index = current.value;
  useLayoutEffect(() => {
    const span = spans()[index];
    if (span === undefined || caption.current === null || root.current === null) return;
    // On the node alone: the text is not drawn again for it.
    span.classList.add('is-current');
    span.closest('details')?.setAttribute('open', '');
    placeBelow(caption.current, span, root.current);
    return () => span.classList.remove('is-current');
  }, [index, text]);
  const pointed = ({ target }: Event): void => {
    if (target instanceof HTMLElement && target.dataset['i'] !== undefined)
      current.value = Number(target.dataset['i']);
  };
  const moved = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') current.value = NONE;
    if (event.key === 'Enter' && index !== NONE) props.onChoose?.(index);
    const first = Math.max(0, view.source.indexOf(TOKEN_SOURCE.sampled));
    const all = spans();
    const to =
      event.key === 'ArrowDown' || event.key === 'ArrowUp'
        ? besideLine(all, index === NONE ? first : index, event.key === 'ArrowDown' ? 1 : -1)
        : nextToken(event.key, index === NONE ? null : index, first, all.length);
    if (to === null) return;
    event.preventDefault();
    current.value = to;
    all[to]?.scrollIntoView({ block: 'nearest' });
  };
  const facts = index === NONE ? null : tokenFacts(view, index, mask);
  const training = [t.tokens.fact.mask, t.tokens.fact.advantage];
  const lines = facts?.lines.filter(([name]) => !(outsideTraining && training.includes(name))) ?? [];
  return (
    <div class="tok-view" ref={root}>
      <div
        class="tok-body"
        tabIndex={0}
        role="group"
        aria-label={t.tokens.keys(label)}
        aria-describedby={captionId}
        ref={body}
        onPointerOver={pointed}
        onPointerDown={pointed}
        onClick={({ target }) => {
          if (target instanceof HTMLElement && target.dataset['i'] !== undefined)
            props.onChoose?.(Number(target.dataset['i']));
        }}
        onPointerLeave={({ pointerType }) => {
          // A finger leaves as soon as it is lifted; its caption stays to be read.
          if (pointerType === 'mouse') current.value = NONE;
        }}
        onBlur={() => (current.value = NONE)}
        onKeyDown={moved}
      >
        {text}
      </div>
      <div class="tok-caption" id={captionId} role="status" hidden={facts === null} ref={caption}>
        {facts !== null && (
          <>
            <div class="tok-caption-text">
              <code>{facts.text}</code>
              <span class="visually-hidden">, </span> #{facts.index}
            </div>
            <dl>
              {lines.map(([name, value]) => (
                <Fragment key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </Fragment>
              ))}
            </dl>
          </>
        )}
      </div>
    </div>
  );
}
