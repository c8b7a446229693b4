import { expect, it } from 'vitest';
import { addressOf, fromAddress } from './address';
import { EMPTY_FORM, withEdit } from './form-state';

it('has the settings and the view, and brings both back', () => {
  const form = withEdit(EMPTY_FORM, 'maxSteps', '7');
  const address = addressOf({ form, view: 'compare' });
  expect(address).toBe('maxSteps=7&view=compare');
  expect(fromAddress(`#${address}`)).toEqual({ form, view: 'compare', language: null, ignored: [] });
  expect(addressOf({ form: EMPTY_FORM, view: 'curves' })).toBe('');
  expect(fromAddress('')).toEqual({ form: EMPTY_FORM, view: null, language: null, ignored: [] });
});

it('names a view that there is not', () => {
  const { view, ignored } = fromAddress('#view=sideways');
  expect(view).toBeNull();
  expect(ignored).toEqual([expect.stringContaining('view')]);
});
