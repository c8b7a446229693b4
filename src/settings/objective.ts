/** Names that settings of the objective choose between. What stands behind a loss type is in `grpo/objectives`. */

export const LOSS_TYPES = ['grpo', 'bnpo', 'dapo', 'dr_grpo', 'cispo', 'sapo'] as const;
export type LossType = (typeof LOSS_TYPES)[number];

/** What shares one importance ratio: a token, all trained tokens of a turn, or those of the whole sequence (GSPO). */
export const IMPORTANCE_SAMPLING_LEVELS = ['token', 'turn', 'sequence'] as const;
export type ImportanceSamplingLevel = (typeof IMPORTANCE_SAMPLING_LEVELS)[number];
