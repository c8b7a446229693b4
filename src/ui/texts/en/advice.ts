/** Texts for computers without a graphics card. */
export const advice = {
  title: 'No graphics card was found',
  offer:
    'The processor computes in its place, many times slower: these settings would take from half an hour to hours. The preset “Quick” shows the same in a few minutes; after its first step the page says how many.',
  measured: (of: { readonly step: string; readonly minutes: number; readonly quickMinutes: number }) =>
    `A step takes ${of.step} here, so this run needs about ${of.minutes} min more. The preset “Quick” would need about ${of.quickMinutes} min in all.`,
  useQuick: 'Use Quick',
  stopForQuick: 'Stop, and choose Quick',
  keep: 'Keep these settings',
};
