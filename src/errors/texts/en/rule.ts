import type { RuleData } from '../rule';

/** What the rule allows: `an integer from 1 to 100`. */
export function ruleWords(rule: RuleData): string {
  switch (rule.kind) {
    case 'integer':
    case 'number': {
      const { min, max, minOpen, maxOpen } = rule;
      const what = rule.kind === 'integer' ? 'an integer' : 'a number';
      if (minOpen && maxOpen) return `${what} between ${min} and ${max}, both excluded`;
      if (minOpen) return `${what} above ${min}, up to ${max}`;
      if (maxOpen) return `${what} from ${min} to below ${max}`;
      return `${what} from ${min} to ${max}`;
    }
    case 'choice':
      return `one of ${[...rule.choices, ...(rule.others === null ? [] : [rule.others])].join(', ')}`;
    case 'list':
      return `a list, each at most once, of ${rule.choices.join(', ')}`;
    case 'boolean':
      return 'true or false';
    case 'text':
      return 'text that is not empty, without control characters';
  }
}
