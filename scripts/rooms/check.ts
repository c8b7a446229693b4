/** Reads all imports and holds them against the table of rooms. */
import { resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { roomRules } from './rules';

export interface RoomViolation {
  readonly rule: string;
  readonly comment: string;
  readonly from: string;
  readonly to: string;
}

/**
 * @param root the folder that paths in the rules are relative to
 * @param folders below it
 */
export async function roomViolations(root: string, folders: readonly string[]): Promise<RoomViolation[]> {
  const rules = roomRules();
  const { output } = await cruise(
    [...folders],
    {
      // It wants no slash at the end.
      baseDir: resolve(root),
      validate: true,
      ruleSet: { forbidden: rules },
      // Before compilation: imports of types count.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      moduleSystems: ['es6'],
      combinedDependencies: true,
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'default', 'types'],
      },
    },
    {},
  );
  const { summary } = output as ICruiseResult;
  return summary.violations.map(({ from, to, rule }) => ({
    rule: rule.name,
    comment: rules.find(({ name }) => name === rule.name)?.comment ?? '',
    from,
    to,
  }));
}
