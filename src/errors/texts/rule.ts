/** What a setting may be, as data. */
export type RuleData =
  | {
      readonly kind: 'integer' | 'number';
      readonly min: number;
      readonly max: number;
      /** Whether the bound itself is excluded. */
      readonly minOpen: boolean;
      readonly maxOpen: boolean;
    }
  /** `others` says in English what else is allowed. */
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly others: string | null }
  | { readonly kind: 'list'; readonly choices: readonly string[] }
  | { readonly kind: 'boolean' | 'text' };

/** How a setting was called: by its name, by a variable of the environment, or as an environment's own by its default. */
export type Called =
  string | { readonly setting: string; readonly variable: string } | { readonly defaultOf: string };
