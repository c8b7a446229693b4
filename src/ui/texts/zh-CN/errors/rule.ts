import type { RuleData } from '../../../../errors/texts/rule';

/** What the rule allows: `1 到 100 的整数`. */
export function ruleWords(rule: RuleData): string {
  switch (rule.kind) {
    case 'integer':
    case 'number': {
      const { min, max, minOpen, maxOpen } = rule;
      const what = rule.kind === 'integer' ? '整数' : '数';
      if (minOpen && maxOpen) return `${min} 到 ${max} 之间的${what}，不含两端`;
      if (minOpen) return `大于 ${min}、不超过 ${max} 的${what}`;
      if (maxOpen) return `不小于 ${min}、小于 ${max} 的${what}`;
      return `${min} 到 ${max} 的${what}`;
    }
    case 'choice':
      return `${[...rule.choices, ...(rule.others === null ? [] : [rule.others])].join('、')} 之一`;
    case 'list':
      return `由 ${rule.choices.join('、')} 组成的列表，每项最多一次`;
    case 'boolean':
      return 'true 或 false';
    case 'text':
      return '非空文本，不含控制字符';
  }
}
