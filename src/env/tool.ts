/** A tool as a user writes it: a description, a zod schema of its arguments and a function. */
import { z } from 'zod';
import type { JsonObject, ToolSchema } from '../conversation/types';
import type { Random } from '../random/philox';
import type { Settings } from '../settings/settings';
import { EnvironmentError } from './errors';
import type { StopCondition, Task } from './types';

/** How a tool ends the episode. */
export interface Finish {
  /** Text of the final answer; default null. */
  readonly answer?: string | null;
  /** Whether the task was done; default null, no verdict. */
  readonly success?: boolean | null;
  /** Default `answered`. */
  readonly stopCondition?: StopCondition;
}

/**
 * What a tool sees beside its arguments. The task, the state and the settings are those that `tools(task, { settings,
 * state })` got, where their types are always known.
 */
export interface ToolContext<OwnTask extends Task = Task, State extends object = Record<string, unknown>> {
  readonly task: OwnTask;
  /** Of this episode alone; kept from call to call, and given to rewards and metrics. */
  readonly state: State;
  /** Keyed by seed, step, group and rollout: the same episode draws the same. Use it in place of Math.random. */
  readonly random: Random;
  readonly settings: Settings;
  /** Aborted when the call has taken longer than the setting `toolTimeout`. */
  readonly signal: AbortSignal;
  /** Ends the episode when the tool returns; without effect when it throws, or is too late. */
  readonly finish: (end?: Finish) => void;
}

/** A tool, ready to be offered under a name. Made by {@link tool}. */
export interface Tool<Context = ToolContext> {
  readonly description: string;
  readonly schema: z.ZodObject;
  /** JSON Schema of the arguments, as the policy reads it. */
  readonly parameters: JsonObject;
  // A method, so that a tool that needs less of the context fits wherever more is given.
  /** Runs a call whose arguments fit the schema. */
  run(args: unknown, context: Context): unknown;
}

/** Tools made while {@link toolsMade} listens. */
let listening: Tool<never>[] | null = null;

/**
 * @param description what the tool does, for the policy
 * @param schema of the arguments: its JSON Schema goes into the prompt, calls that do not fit never reach `run`.
 *   Arguments that it does not name are refused.
 * @param run may be async. What it returns is the result: text as it is, everything else as JSON. What it throws is
 *   told to the policy as `{"error": …}`.
 * @throws EnvironmentError when the schema is no `z.object`, or has no JSON Schema
 */
export function tool<Schema extends z.ZodObject, Context = ToolContext>(
  description: string,
  schema: Schema,
  run: (args: z.output<Schema>, context: Context) => unknown,
): Tool<Context> {
  if (typeof description !== 'string' || description.trim() === '') {
    throw EnvironmentError.of('environment/tool-no-description');
  }
  if (!(schema instanceof z.ZodObject)) {
    throw EnvironmentError.of('environment/tool-no-schema', { description });
  }
  const strict = schema.def.catchall === undefined ? schema.strict() : schema;
  const made: Tool<Context> = {
    description,
    schema: strict,
    parameters: jsonSchema(description, strict),
    run: run as (args: unknown, context: Context) => unknown,
  };
  listening?.push(made as Tool<never>);
  return made;
}

/** @returns what `make` returned, and all tools made by it */
export function toolsMade<T>(make: () => T): { readonly result: T; readonly made: readonly Tool<never>[] } {
  const outer = listening;
  const made: Tool<never>[] = [];
  listening = made;
  try {
    return { result: make(), made };
  } finally {
    listening = outer;
  }
}

export function toolSchema(name: string, { description, parameters }: Tool<never>): ToolSchema {
  return { type: 'function', function: { name, description, parameters } };
}

function jsonSchema(description: string, schema: z.ZodObject): JsonObject {
  try {
    const whole: Record<string, unknown> = {
      ...z.toJSONSchema(schema, { io: 'input', override: withoutNoise }),
    };
    delete whole['$schema'];
    return whole;
  } catch (error) {
    throw EnvironmentError.of('environment/tool-no-json-schema', {
      description,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

/** Bounds that every integer has say nothing to the policy, and cost tokens in every prompt. */
function withoutNoise({ jsonSchema: part }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
  if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
}
