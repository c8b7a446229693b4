import type { Gradient } from '../register';

export type SamplingAttributes = {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed: number;
  readonly stream: number;
};

export const gradient: Gradient<'logits' | 'keys', never, 'drawn', SamplingAttributes> = {
  kind: 'none',
  reason: 'a drawn token is no smooth function of the logits; score it with vocabularyLogProbs',
};
