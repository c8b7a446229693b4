/**
 * The three tools of the task: schemas for the chat template and strict checking of arguments against them.
 * The inbox is not an argument; the episode adds it to every search.
 */
import { I_DONT_KNOW } from './abstention';
import { MAX_RESULTS, parseDay } from './corpus/query';
import type { ToolSchema } from '../../conversation/types';
import { kindOf, quoted } from '../tool-arguments';
import type { EmailId, SearchQuery } from './corpus/types';

export const SEARCH_EMAILS = 'search_emails';
export const READ_EMAIL = 'read_email';
export const RETURN_FINAL_ANSWER = 'return_final_answer';
export type ToolName = typeof SEARCH_EMAILS | typeof READ_EMAIL | typeof RETURN_FINAL_ANSWER;

/** The part of JSON Schema that the tools use. */
interface PropertySchema {
  readonly type: 'string' | 'integer' | 'array';
  readonly description: string;
  readonly items?: { readonly type: 'string' };
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: 'date';
}

interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

const PARAMETERS: Readonly<Record<ToolName, ObjectSchema>> = {
  search_emails: {
    type: 'object',
    properties: {
      keywords: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        description: 'Words or phrases; all of them must occur in the subject or body.',
      },
      from_addr: { type: 'string', description: 'Only mails from this address.' },
      to_addr: { type: 'string', description: 'Only mails to this address (to, cc or bcc).' },
      sent_after: {
        type: 'string',
        format: 'date',
        description: 'Only mails sent on or after this day, YYYY-MM-DD.',
      },
      sent_before: {
        type: 'string',
        format: 'date',
        description: 'Only mails sent before this day, YYYY-MM-DD.',
      },
      max_results: {
        type: 'integer',
        minimum: 1,
        maximum: MAX_RESULTS,
        description: `Most results to return, 1 to ${MAX_RESULTS}; ${MAX_RESULTS} when absent.`,
      },
    },
    required: ['keywords'],
    additionalProperties: false,
  },
  read_email: {
    type: 'object',
    properties: {
      message_id: { type: 'string', description: 'Id of a mail as a search returned it.' },
    },
    required: ['message_id'],
    additionalProperties: false,
  },
  return_final_answer: {
    type: 'object',
    properties: {
      answer: {
        type: 'string',
        description: `The answer, or exactly "${I_DONT_KNOW}" when it cannot be found.`,
      },
      source_message_ids: {
        type: 'array',
        items: { type: 'string' },
        description: 'Ids of the mails the answer comes from; empty when it cannot be found.',
      },
    },
    required: ['answer', 'source_message_ids'],
    additionalProperties: false,
  },
};

const DESCRIPTIONS: Readonly<Record<ToolName, string>> = {
  search_emails: 'Search the inbox. Returns message ids with snippets, newest first.',
  read_email: 'Read one mail.',
  return_final_answer: 'Give the final answer and end the task.',
};

function toolSchema(name: ToolName): ToolSchema {
  const parameters: Readonly<Record<string, unknown>> = { ...PARAMETERS[name] };
  return { type: 'function', function: { name, description: DESCRIPTIONS[name], parameters } };
}

/** OpenAI function schemas, in the order in which the task uses the tools. */
export const TOOL_SCHEMAS: readonly ToolSchema[] = [
  toolSchema(SEARCH_EMAILS),
  toolSchema(READ_EMAIL),
  toolSchema(RETURN_FINAL_ANSWER),
];

export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(PARAMETERS, name);
}

/** A call whose arguments satisfy the schema. */
export type CheckedCall =
  | { readonly name: typeof SEARCH_EMAILS; readonly query: Omit<SearchQuery, 'inbox'> }
  | { readonly name: typeof READ_EMAIL; readonly id: EmailId }
  | {
      readonly name: typeof RETURN_FINAL_ANSWER;
      readonly answer: string;
      /** The strings of `source_message_ids`. */
      readonly sources: readonly EmailId[];
      /** Length of `source_message_ids`, whatever its items are; 0 when it is not a list. */
      readonly sourceCount: number;
    };

export type Checked =
  | { readonly ok: true; readonly call: CheckedCall }
  | {
      readonly ok: false;
      /** One sentence for the policy and for displays. */
      readonly error: string;
    };

/**
 * Checks arguments against the schema. Nothing is coerced: keywords given as one string are an error. Two
 * exceptions follow the original system: `null` for an optional argument counts as absent, and
 * `source_message_ids` that are no list count as an empty one.
 */
export function checkArguments(name: ToolName, args: Readonly<Record<string, unknown>>): Checked {
  const given = withoutNulls(name, args);
  let sourceCount = 0;
  if (name === RETURN_FINAL_ANSWER) {
    const sources = given['source_message_ids'];
    sourceCount = Array.isArray(sources) ? sources.length : 0;
    given['source_message_ids'] = strings(sources);
  }
  const error = violation(PARAMETERS[name], given);
  if (error !== null) return { ok: false, error: `${name}: ${error}` };
  switch (name) {
    case SEARCH_EMAILS:
      return { ok: true, call: { name, query: searchQuery(given) } };
    case READ_EMAIL:
      return { ok: true, call: { name, id: text(given['message_id']) } };
    case RETURN_FINAL_ANSWER: {
      const sources = strings(given['source_message_ids']);
      return { ok: true, call: { name, answer: text(given['answer']), sources, sourceCount } };
    }
  }
}

function withoutNulls(name: ToolName, args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { required } = PARAMETERS[name];
  return Object.fromEntries(
    Object.entries(args).filter(([key, value]) => value !== null || required.includes(key)),
  );
}

function searchQuery(args: Readonly<Record<string, unknown>>): Omit<SearchQuery, 'inbox'> {
  const optional = (key: string): string | null => text(args[key]) || null;
  const fromAddr = optional('from_addr');
  const toAddr = optional('to_addr');
  const sentAfter = optional('sent_after');
  const sentBefore = optional('sent_before');
  const maxResults = args['max_results'];
  return {
    keywords: strings(args['keywords']),
    ...(fromAddr === null ? {} : { fromAddr }),
    ...(toAddr === null ? {} : { toAddr }),
    ...(sentAfter === null ? {} : { sentAfter }),
    ...(sentBefore === null ? {} : { sentBefore }),
    ...(typeof maxResults === 'number' ? { maxResults } : {}),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The first broken rule, or null. */
function violation(schema: ObjectSchema, args: Readonly<Record<string, unknown>>): string | null {
  for (const key of schema.required) {
    if (!Object.hasOwn(args, key)) return `"${key}" is missing.`;
  }
  for (const [key, value] of Object.entries(args)) {
    const property = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (property === undefined) return `there is no argument ${quoted(key)}.`;
    const error = propertyViolation(property, value);
    if (error !== null) return `"${key}" must be ${error}, not ${kindOf(value)}.`;
  }
  return null;
}

function propertyViolation(schema: PropertySchema, value: unknown): string | null {
  switch (schema.type) {
    case 'string':
      if (typeof value !== 'string') return 'a string';
      return schema.format === 'date' && value !== '' && parseDay(value) === null
        ? 'a date YYYY-MM-DD'
        : null;
    case 'integer': {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      const fits =
        typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum;
      return fits ? null : `an integer from ${minimum} to ${maximum}`;
    }
    case 'array':
      if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
        return 'a list of strings';
      return value.length < (schema.minItems ?? 0) ? 'a list of at least one string' : null;
  }
}
