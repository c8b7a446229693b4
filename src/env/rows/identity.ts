/** What a row is told apart by, from its content alone: the same in every run, whatever stands beside it in the file. */
import { philox4x32, Random, streamOf } from '../../random/philox';

/** 16 hexadecimal digits. Not secure: equal for texts only by rare chance, which callers have to bear. */
export function contentId(text: string): string {
  const [a, b] = philox4x32([streamOf(text), streamOf(`second ${text}`), 0, 0], [0, streamOf('rows-id')]);
  return [a, b].map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** Where a text falls between 0 and 1, evenly. */
export function position(text: string): number {
  return new Random(streamOf(text), 'rows-split').uniform();
}
