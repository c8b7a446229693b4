/**
 * Made-up names, composed of parts: many names from few tokens, none of a real person or firm.
 * A name belongs to one split by its hash, so splits never share one.
 */
import type { Split } from '../../src/env/types';
import { type Random, streamOf } from '../../src/random/philox';

const words = (text: string): string[] => text.trim().split(/\s+/);

export const FIRST_NAMES = words(`
  Ann Ben Clara David Emma Felix Grace Hugo Ida Jonas Karen Liam Maria Noah Olga Paul Rosa Simon Tina Victor
  Alma Boris Cora Dora Eric Fiona Greta Henry Ivan Julia Kim Laura Mark Nina Oscar Petra Ralf Sara Tom Vera`);

const PARTS = {
  surname: [
    words(`Mar Hol Bren Cal Dor Fen Gar Hart Jen Kel Lan Mor Nor Pal Ros Sel Tor Val Wes Win
      Ash Bel Cor Dal El Far Gil Had Ing Lor Mil Os Pren Ren Sto Thorn Ul Ver Wal Yar`),
    words(
      `low den ton ley man ford ber sen wick dale rey nard ster mond kin bury der vik lett som ger ris nell ham`,
    ),
  ],
  project: [
    words(`Silver Blue Red Iron Golden Storm Night Sun Moon Snow Wild Stone Star Sea Rain Oak Fire Frost Cloud
      Copper Amber Black White Winter Summer River Shadow Thunder Swift`),
    words(`fox hawk finch wolf bear lark otter raven heron lynx stag wren swan owl hare crane bird fish moth leaf
      bloom spark wave path tower crest`),
  ],
  company: [
    words(`Aero Bio Nova Quanta Veri Sola Tera Omni Luma Cryo Delta Ferro Geo Helio Inno Juno Kino Lexi Medi Neo
      Opti Poly Rapi Sono Turbo Uni Vita Xeno Zen Alti Cala Dyna`),
    words(`tech lux mark net plan prime scan soft tek trade ware works zone link gen form dex core bridge flow grid
      max nex pharm`),
  ],
  town: [
    words(`Oak Mill Ash Lake Brook Elm King Queen New North South West East Green High Long Fair Clear Spring
      Maple Birch Rock Sand Wood`),
    words(`field port ville burg haven mouth stead view side cliff bay hill`),
  ],
} as const;

export type NameKind = keyof typeof PARTS;

/** Shares of the splits in twentieths: 14 train, 3 validation, 3 test. */
export function splitOf(value: string): Split {
  const bucket = (Math.imul(streamOf(`split:${value}`), 0x9e3779b1) >>> 8) % 20;
  return bucket < 14 ? 'train' : bucket < 17 ? 'validation' : 'test';
}

/** Draws until the value belongs to the split and is not in `taken`, to which it is added. */
export function drawFor(split: Split, taken: Set<string>, draw: () => string): string {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const value = draw();
    if (splitOf(value) === split && !taken.has(value)) {
      taken.add(value);
      return value;
    }
  }
  throw new RangeError(
    `No unused value of split ${split} after 10000 draws; the pool is too small for this inbox.`,
  );
}

/** A fresh name of the split, not in `taken`. */
export function drawName(kind: NameKind, split: Split, taken: Set<string>, random: Random): string {
  const [heads, tails] = PARTS[kind];
  return drawFor(split, taken, () => random.pick(heads) + random.pick(tails));
}
