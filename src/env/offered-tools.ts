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
  const where = `The environment "${environment}"`;
  if (typeof result !== 'object' || result === null) {
    throw new EnvironmentError(`${where}: tools() gave no object. Return { name: tool(…), … }.`);
  }
  const entries = Object.entries(result as Readonly<Record<string, unknown>>);
  for (const [name, value] of entries) {
    if (!NAME.test(name)) {
      throw new EnvironmentError(
        `${where} has a tool named "${name}". Use up to 64 letters, digits and _, not beginning with a digit.`,
      );
    }
    if (!isTool(value))
      throw new EnvironmentError(
        `${where}: "${name}" is no tool. Make it with tool(description, schema, run).`,
      );
  }
  const offered = new Map(entries as [string, Tool<never>][]);
  const kept = new Set(offered.values());
  // In an object literal the second of two equal names silently wins; the first was made all the same.
  const lost = made.find((tool) => !kept.has(tool));
  if (lost !== undefined) {
    throw new EnvironmentError(
      `${where}: tools() made the tool “${lost.description}”, but did not return it. Two tools of one name? Give each ` +
        'its own; make tools that only some tasks have only for those.',
    );
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
