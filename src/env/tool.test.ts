import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { tool, toolsMade, toolSchema } from './tool';

const make = (description: string) => tool(description, z.object({ n: z.number().int() }), ({ n }) => n);
const words = (tools: readonly { readonly description: string }[]) =>
  tools.map(({ description }) => description);

describe('toolsMade', () => {
  it('tells the tools that were made while it listened, and no others', () => {
    make('Before.');
    const { result, made } = toolsMade(() => [make('First.'), make('Second.')].length);
    make('After.');
    expect(result).toBe(2);
    expect(words(made)).toEqual(['First.', 'Second.']);
  });

  it('stops listening when the maker throws, and listens on after one inside it', () => {
    const { made } = toolsMade(() => {
      make('Outer.');
      expect(words(toolsMade(() => make('Inner.')).made)).toEqual(['Inner.']);
      const failing = () => {
        make('Lost.');
        throw new Error('no tools today');
      };
      expect(() => toolsMade(failing)).toThrow('no tools today');
      make('Last.');
    });
    make('After.');
    expect(words(made)).toEqual(['Outer.', 'Last.']);
  });
});

it('toolSchema says name, words and arguments, without the bounds that every integer has', () => {
  expect(toolSchema('go', make('Goes.'))).toEqual({
    type: 'function',
    function: {
      name: 'go',
      description: 'Goes.',
      parameters: {
        type: 'object',
        properties: { n: { type: 'integer' } },
        required: ['n'],
        additionalProperties: false,
      },
    },
  });
});
