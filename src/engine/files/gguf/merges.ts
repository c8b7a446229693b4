/** Merges of a vocabulary that came with scores only, as SentencePiece models do. */

/** A pair whose two tokens become one. */
export type Merge = [left: string, right: string];

/**
 * Every way to cut a token into two tokens, best token first; of one token's cuts, and of tokens that are equally good,
 * those with the longer left part first, then with the longer right part. This is the order of transformers'
 * `generate_merges`, which its converters use.
 * @param vocabulary ids by token
 * @param score of each token; larger is better
 */
export function mergesOf(
  vocabulary: ReadonlyMap<string, number>,
  score: (token: string, id: number) => number,
): Merge[] {
  const found: { pair: Merge; score: number; left: number; right: number }[] = [];
  for (const [token, id] of vocabulary) {
    // Cuts inside a character give no token.
    const cuts: { pair: Merge; ids: readonly [number, number] }[] = [];
    for (let at = 1; at < token.length; at++) {
      const pair: Merge = [token.slice(0, at), token.slice(at)];
      const left = vocabulary.get(pair[0]);
      if (left === undefined) continue;
      const right = vocabulary.get(pair[1]);
      if (right !== undefined) cuts.push({ pair, ids: [left, right] });
    }
    cuts.sort((a, b) => a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
    const good = score(token, id);
    for (const { pair } of cuts) {
      found.push({ pair, score: good, left: characters(pair[0]), right: characters(pair[1]) });
    }
  }
  found.sort((a, b) => b.score - a.score || b.left - a.left || b.right - a.right);
  return found.map(({ pair }) => pair);
}

/** Characters, not UTF-16 units. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xdc00 && unit <= 0xdfff) count--;
  }
  return count;
}
