/** How a run differs from one with the defaults. */
import { BESIDE_LEARNING, OF_SAVING } from '../../src/settings/beside';
import { isKnown } from '../../src/env/registry';
import { DEFAULT_ENVIRONMENT, presetSettings, schemaNear } from '../../src/env/settings';
import type { Settings } from '../../src/settings/settings';

/** Settings that change neither what is learned nor how well it is measured. */
const BESIDE_THE_POINT = new Set<string>([
  'seed',
  ...BESIDE_LEARNING,
  ...OF_SAVING,
  'evalSteps',
  'evalDatasetSize',
  'runBaselineEval',
] satisfies (keyof Settings)[]);

/**
 * Settings that differ from the defaults, by name.
 * @param left those that are not looked at
 */
export function changedSettings(
  settings: object,
  left: ReadonlySet<string> = BESIDE_THE_POINT,
): Record<string, unknown> {
  const own = settings as Readonly<Record<string, unknown>>;
  const environment = String(own['environment']);
  const defaults: Readonly<Record<string, unknown>> = {
    ...presetSettings('default', isKnown(environment) ? environment : undefined),
    environment: DEFAULT_ENVIRONMENT,
  };
  return Object.fromEntries(
    schemaNear(environment)
      .keys.filter(
        (key) =>
          !left.has(key) &&
          own[key] !== undefined &&
          JSON.stringify(own[key]) !== JSON.stringify(defaults[key]),
      )
      .map((key) => [key, own[key]]),
  );
}
