/** One token's update, step by step, as a picture for a lecture. */
import type { JSX } from 'preact';
import type { TokenMove, TrajectoryView } from '../../grpo/types';
import { number, percent, signed, visibleToken } from '../format';
import { downloadBlob } from '../parts/download';
import { t } from '../texts';
import { tokenNumbers } from './numbers';
import { candidatesOf, LOOK, pictureShapes, pictureSvg, WIDTH, type PictureWords } from './update-shapes';

interface Props {
  readonly item: TrajectoryView;
  readonly move: TokenMove;
}

export function UpdatePicture({ item, move }: Props): JSX.Element {
  const words = wordsOf(item, move);
  const picture = pictureShapes(move, words);
  const said = candidatesOf(move).map(({ text, p }) =>
    t.why.picture.said(visibleToken(text), percent(p[0], 1), percent(p[1], 1)),
  );
  const save = (): void => {
    const style = getComputedStyle(document.documentElement);
    const svg = pictureSvg(picture, words.title, (name) => style.getPropertyValue(name).trim());
    downloadBlob(`${t.why.picture.file}.svg`, new Blob([svg], { type: 'image/svg+xml' }));
  };
  return (
    <figure class="update-picture">
      <div class="table-scroll" tabIndex={0} role="group" aria-label={words.title}>
        <svg
          width={WIDTH}
          height={picture.height}
          viewBox={`0 0 ${WIDTH} ${picture.height}`}
          role="img"
          aria-label={t.app.sentences([words.title, ...said])}
        >
          {picture.shapes.map((shape, i) =>
            shape.kind === 'rect' ? (
              <rect
                key={i}
                x={shape.x}
                y={shape.y}
                width={shape.width}
                height={shape.height}
                fill={`var(${shape.fill})`}
              />
            ) : (
              <text
                key={i}
                x={shape.x}
                y={shape.y}
                font-size={LOOK[shape.look].size}
                font-weight={LOOK[shape.look].weight}
                fill={`var(${LOOK[shape.look].fill})`}
                class={shape.look === 'token' ? 'mono' : undefined}
              >
                {shape.text}
              </text>
            ),
          )}
        </svg>
      </div>
      <figcaption class="note">{t.why.picture.caption}</figcaption>
      <button type="button" class="quiet" onClick={save}>
        {t.why.picture.save}
      </button>
    </figure>
  );
}

function wordsOf(item: TrajectoryView, move: TokenMove): PictureWords {
  const { picture } = t.why;
  const numbers = tokenNumbers(item, move.token);
  const advantage = item.tokenAdvantages[move.token] ?? 0;
  return {
    title: picture.title(visibleToken(item.tokens[move.token] ?? ''), move.token),
    heads: picture.heads,
    notes: [
      picture.advantage(signed(advantage), advantage > 0),
      picture.slope(
        signed(move.slope, 4),
        number(move.temperature),
        numbers === null ? null : percent(numbers.share, 1),
      ),
    ],
    logit: (value) => number(value),
    share: (p) => percent(p, 1),
    gradient: (value) => signed(value, 4),
    token: (text) => visibleToken(text),
  };
}
