import { expect, it } from 'vitest';
import { elsewhere, modelElsewhere } from './reach';

const SITE = 'https://page.example/gym/';
const HUB = 'https://huggingface.co';
const of = (model: string, hubEndpoint = HUB) => modelElsewhere({ model, hubEndpoint }, SITE);

it('names the hub with the hosts that keep its files', () => {
  expect(of('hub:owner/name')).toEqual({
    what: 'hub:owner/name',
    host: 'huggingface.co',
    sources: [HUB, 'https://*.huggingface.co', 'https://*.hf.co'],
  });
  expect(of('hub:owner/name', 'http://localhost:9/')?.sources).toEqual(['http://localhost:9']);
});

it('names the origin of an address, and nothing for what the site has itself', () => {
  expect(of('https://models.example:8443/a/b')?.sources).toEqual(['https://models.example:8443']);
  expect(of('https://page.example/models/a')).toBeNull();
  expect(of('mailgym-tiny')).toBeNull();
  expect(of('file:a.gguf')).toBeNull();
});

it('takes nothing into a policy that is no plain name of a host', () => {
  for (const bad of ['https://a;b.example/', 'https://[::1]/', 'data:text/plain,x', 'nothing']) {
    expect(elsewhere('x', bad, SITE), bad).toBeNull();
  }
});
