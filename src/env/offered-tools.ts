/** The tools of one task, checked. */
import { EnvironmentError } from './errors';
import { toolsMade, type Tool } from './tool';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

export type OfferedTools = ReadonlyMap<string, Tool<never>>;

/**
 * @param make the user's `tools`, for this task
 * @throws EnvironmentError when a name is no identifier, an entry is no tool, or one tool has taken another's name
 */
export function offeredTools(environment: string, make: () => unknown): OfferedTools {
  const { result, made } = toolsMade(make);
  const where = [{ environment }];
  if (typeof result !== 'object' || result === null) {
    throw EnvironmentError.of('environment/tools-no-object', { where });
  }
  const entries = Object.entries(result as Readonly<Record<string, unknown>>);
  for (const [name, value] of entries) {
    if (!NAME.test(name)) {
      throw EnvironmentError.of('environment/tool-name', { where, name });
    }
    if (!isTool(value)) throw EnvironmentError.of('environment/no-tool-made', { where, name });
  }
  const offered = new Map(entries as [string, Tool<never>][]);
  const kept = new Set(offered.values());
  // In an object literal the second of two equal names silently wins; the first was made all the same.
  const lost = made.find((tool) => !kept.has(tool));
  if (lost !== undefined) {
    throw EnvironmentError.of('environment/tool-lost', { where, description: lost.description });
  }
  return offered;
}

function isTool(value: unknown): value is Tool<never> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    'run' in value &&
    'parameters' in value
  );
}
