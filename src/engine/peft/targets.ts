/**
 * Which modules an `adapter_config.json` means, by PEFT's rules (0.21, `tuners_utils.check_target_module_exists` and
 * `utils/other.get_pattern_key`). Expressions are Python's in the file and run by RE2JS here, whose time grows with the
 * length of a path alone; what RE2 cannot read (look-around, back-references) is told apart from what does not fit.
 */
import { RE2JS } from 're2js';
import { PolicyError } from '../../errors/policy';
import { ALL_LINEAR, type AdapterSettings, type ModuleNames } from './config';

/** Whether names mean a path; null where that depends on an expression that cannot be read here. */
type Test = (path: string) => boolean | null;

export class AdapterTargets {
  readonly #isTarget: Test;
  readonly #isExcluded: Test;
  readonly #rank: (path: string) => number | undefined;
  readonly #alpha: (path: string) => number | undefined;
  readonly #settings: AdapterSettings;

  /** @throws PolicyError for an expression in `rank_pattern` or `alpha_pattern` that cannot be read */
  constructor(settings: AdapterSettings, origin: string) {
    this.#settings = settings;
    this.#isTarget = targetTest(settings);
    this.#isExcluded = namesTest(settings.exclude);
    this.#rank = patternValue(settings.rankPattern, origin, 'rank_pattern');
    this.#alpha = patternValue(settings.alphaPattern, origin, 'alpha_pattern');
  }

  /**
   * Whether a linear layer of the decoder is meant.
   * @returns null where that depends on an expression that cannot be read here
   */
  has(path: string): boolean | null {
    const excluded = this.#isExcluded(path);
    if (excluded === true) return false;
    const meant = this.#isTarget(path);
    return excluded === null && meant === true ? null : meant;
  }

  rank(path: string): number {
    return this.#rank(path) ?? this.#settings.r;
  }

  alpha(path: string): number {
    return this.#alpha(path) ?? this.#settings.alpha;
  }
}

function targetTest({ targets, layers, layersPattern }: AdapterSettings): Test {
  if (targets === ALL_LINEAR) return () => true;
  const isNamed = namesTest(targets);
  // Layers choose among names that are a path's last part, not among whole paths or what an expression says.
  if (typeof targets === 'string' || layers === null) return isNamed;
  const layer = layerOf(layersPattern);
  return (path) => {
    if (targets.includes(path)) return true;
    if (isNamed(path) !== true) return false;
    const found = layer(path);
    return found === null ? null : layers.includes(found);
  };
}

function namesTest(names: ModuleNames): Test {
  if (typeof names !== 'string') {
    return (path) => names.some((name) => path === name || path.endsWith(`.${name}`));
  }
  const expression = compile(`^(?:${names})$`);
  return (path) => expression?.matcher(path).find() ?? null;
}

/** The number of a path's layer: −1 where no pattern fits, null where that depends on one that cannot be read. */
function layerOf(patterns: readonly string[]): (path: string) => number | null {
  const sources =
    patterns.length === 0
      ? ['^.*?\\.[^.]*\\.(?P<idx>[0-9]+)\\.']
      : patterns.map((pattern) => `^(?:.*?\\.)?(?:${pattern})\\.(?P<idx>[0-9]+)\\.`);
  const expressions = sources.map(compile);
  return (path) => {
    for (const expression of expressions) {
      if (expression === null) return null;
      const matcher = expression.matcher(path);
      if (matcher.find()) return Number(matcher.group('idx'));
    }
    return -1;
  };
}

/** The number of the first key that fits the end of a path, after a dot or from its start. */
function patternValue(
  pattern: ReadonlyMap<string, number>,
  origin: string,
  setting: 'rank_pattern' | 'alpha_pattern',
): (path: string) => number | undefined {
  const entries = [...pattern].map(([key, value]) => {
    const expression = compile(`^(?:.*\\.)?(?:${key})$`);
    if (expression !== null) return { expression, value };
    throw PolicyError.of('policy/adapter-pattern', { origin, setting, key });
  });
  return (path) => entries.find(({ expression }) => expression.matcher(path).find())?.value;
}

function compile(source: string): RE2JS | null {
  try {
    return RE2JS.compile(source);
  } catch {
    return null;
  }
}
