/** What a sampling call may be asked. */
import { type ModelConfig, type SampleOptions, type SequenceRequest } from '../types';
import { PolicyError } from '../../errors';

/** @throws PolicyError when a call cannot start, naming the number and what to do. */
export function checkOptions(
  requests: readonly SequenceRequest[],
  options: SampleOptions,
  config: ModelConfig,
): void {
  const { params, maxTurnTokens, maxSeqLength } = options;
  const rule = (ok: boolean, what: string) => {
    if (!ok) throw new PolicyError(`Sampling cannot start: ${what}.`);
  };
  rule(
    params.temperature >= 0 && Number.isFinite(params.temperature),
    `temperature is ${params.temperature}, must be >= 0`,
  );
  rule(params.topP > 0 && params.topP <= 1, `topP is ${params.topP}, must be in (0, 1]`);
  rule(params.minP >= 0 && params.minP <= 1, `minP is ${params.minP}, must be in [0, 1]`);
  rule(
    Number.isInteger(params.topK) && params.topK >= 0,
    `topK is ${params.topK}, must be 0 or a positive integer`,
  );
  rule(
    Number.isInteger(maxTurnTokens) && maxTurnTokens > 0,
    `maxTurnTokens is ${maxTurnTokens}, must be positive`,
  );
  rule(
    Number.isInteger(maxSeqLength) && maxSeqLength > 1 && maxSeqLength <= config.maxPositions,
    `maxSeqLength is ${maxSeqLength}, must be in 2 … ${config.maxPositions} for this model`,
  );
  for (const { promptIds, key } of requests) {
    rule(promptIds.length > 0, 'a prompt has no tokens');
    rule(
      promptIds.length < maxSeqLength,
      `a prompt has ${promptIds.length} tokens and maxSeqLength is ${maxSeqLength}; raise maxSeqLength or shorten the prompt`,
    );
    const bad = promptIds.find((id) => !Number.isInteger(id) || id < 0 || id >= config.vocabSize);
    rule(bad === undefined, `token id ${bad} is outside the vocabulary of ${config.vocabSize}`);
    rule(
      key.group < 65536 && key.rollout < 65536,
      `group ${key.group} and rollout ${key.rollout} must be below 65536`,
    );
  }
}
