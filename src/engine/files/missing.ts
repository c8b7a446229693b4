import { PolicyError } from '../../errors';

/** The error for an absent file; `present` is what the source holds instead, where that is known. */
export function missing(origin: string, path: string, present?: readonly string[]): PolicyError {
  const holds =
    present === undefined
      ? ''
      : ` It holds ${present.length === 0 ? 'nothing' : present.slice(0, 12).join(', ')}.`;
  return new PolicyError(
    `${origin}: there is no ${path}.${holds} A model needs config.json, tokenizer.json, tokenizer_config.json and ` +
      `model.safetensors.`,
    { code: 'policy/no-such-file', params: { origin, path } },
  );
}
