/** Texts about where environments and their tasks come from. */
import type { Foreign } from '../../types';
import { howToServe } from '../words';

export const sources = {
  'environment/no-own-data': ({ name, known }: { name: string; known: readonly string[] }) =>
    `Environment "${name}" keeps nothing of a visitor's own; those that do: ${known.join(', ')}.`,
  'environment/no-own-action': ({
    environment,
    name,
    known,
  }: {
    environment: string;
    name: string;
    known: readonly string[];
  }) => `Own data of "${environment}" have no "${name}"; they have ${known.join(', ')}.`,
  'environment/choice': ({ found, known }: { found: string; known: readonly string[] }) =>
    `environment is ${found}. Give what defineEnvironment made, or the id of a built-in one: ${known.join(', ')}.`,
  'environment/no-such-dataset': ({ name, known }: { name: string; known: readonly string[] }) =>
    `No dataset "${name}": it is neither one of ${known.join(', ') || 'the built-in ones (there are none)'} nor a folder or file.`,
  'environment/text-file': ({ path, reason }: { path: string; reason: Foreign }) =>
    `${path} cannot be read: ${reason}. Check the path, and that the file may be read.`,
  'environment/text-answer': ({ url, status }: { url: string; status: number }) =>
    `${url} answered ${status}. Give the address of a text file.`,
  'environment/dataset-name': ({ name, imported }: { name: string; imported: string | null }) =>
    `No dataset is called "${name}". Give the name of a built-in dataset${imported === null ? '' : `, or ${imported}`}.`,
  'environment/unreachable': ({ url }: { url: string }) =>
    `${url} could not be reached. Check the network connection and reload the page.`,
  'environment/not-there': ({
    name,
    path,
    url,
    status,
  }: {
    name: string;
    path: string;
    url: string;
    status: number;
  }) => `Dataset "${name}": ${path} is not there (${url} answered ${status}).`,
  'environment/no-base-url': ({ dataset }: { dataset: string }) =>
    `Asked for the dataset "${dataset}" by name, and no baseUrl says where datasets are. ${howToServe(`datasets/${dataset}`)}.`,
  'environment/nothing-imported': () =>
    'Nothing has been imported yet. Give your files first, or choose a built-in dataset.',
  'environment/imported-file': ({ path }: { path: string }) =>
    `What was imported lacks its file ${path}. Import it again.`,
  'environment/no-paths': ({ path }: { path: string }) =>
    `warmStartFile is ${path}, but a page cannot read files by their path. Use expert episodes, or the command line.`,
  'environment/first-turn': ({ environment }: { environment: string }) =>
    `Mode simple trains on the first turn alone, which environment "${environment}" does not reward. Use mode masked or ` +
    'rollout.',
  'environment/needs-file': ({ path, dataset }: { path: string; dataset: string }) =>
    `This environment needs ${path}, but dataset is ${dataset}. Set dataset to a folder or file of tasks.`,
};
