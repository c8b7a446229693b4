/** What a sampling call may be asked. */
import { type ModelConfig, type SampleOptions, type SequenceRequest } from '../types';
import { PolicyError } from '../../errors/policy';
import type { SamplingProblem } from '../../errors/texts/en/policy/sampling';

/** @throws PolicyError when a call cannot start, naming the number and what to do. */
export function checkOptions(
  requests: readonly SequenceRequest[],
  options: SampleOptions,
  config: ModelConfig,
): void {
  const { params, maxTurnTokens, maxSeqLength } = options;
  const rule = (ok: boolean, problem: SamplingProblem) => {
    if (!ok) throw PolicyError.of('policy/sampling', { problem });
  };
  rule(params.temperature >= 0 && Number.isFinite(params.temperature), {
    name: 'temperature',
    value: params.temperature,
  });
  rule(params.topP > 0 && params.topP <= 1, { name: 'topP', value: params.topP });
  rule(params.minP >= 0 && params.minP <= 1, { name: 'minP', value: params.minP });
  rule(Number.isInteger(params.topK) && params.topK >= 0, { name: 'topK', value: params.topK });
  rule(Number.isInteger(maxTurnTokens) && maxTurnTokens > 0, { name: 'maxTurnTokens', value: maxTurnTokens });
  rule(Number.isInteger(maxSeqLength) && maxSeqLength > 1 && maxSeqLength <= config.maxPositions, {
    maxSeqLength,
    most: config.maxPositions,
  });
  for (const { promptIds, key } of requests) {
    rule(promptIds.length > 0, 'empty-prompt');
    rule(promptIds.length < maxSeqLength, { tokens: promptIds.length, maxSeqLength });
    const bad = promptIds.find((id) => !Number.isInteger(id) || id < 0 || id >= config.vocabSize);
    rule(bad === undefined, { token: bad ?? 0, vocabulary: config.vocabSize });
    rule(key.group < 65536 && key.rollout < 65536, { group: key.group, rollout: key.rollout });
  }
}
