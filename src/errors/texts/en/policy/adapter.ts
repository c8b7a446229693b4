import type { Shown } from '../../picture';
import type { Foreign } from '../../types';
import { firstOf, shown } from '../words';
import { variantWords, type AdapterStart } from './adapter-variants';
import type { From } from './files';

/** Params of texts about an adapter's weights; `where` names the file. */
export interface Where {
  readonly where: string;
}
export interface Named extends Where {
  readonly name: string;
}

/** What a setting of `adapter_config.json` must be. */
const WANTED = {
  boolean: 'true or false',
  number: 'a number',
  targets: 'a list of module names, an expression or "all-linear"',
  names: 'a list of names or one expression',
  layers: 'a layer number or a list of them',
  pattern: 'numbers by module',
};
/** `rank`: an integer from 1 to that. */
export type AdapterWanted = keyof typeof WANTED | { readonly rank: number };

/** What chooses an adapter's modules, as its file has it; null where it says nothing. */
export interface ChosenModules {
  readonly targets: string;
  readonly exclude: string | null;
  readonly layers: string | null;
}

export function chosenWords({ targets, exclude, layers }: ChosenModules): string {
  const parts = [`target_modules = ${targets}`];
  if (exclude !== null) parts.push(`exclude_modules = ${exclude}`);
  if (layers !== null) parts.push(`layers_to_transform = ${layers}`);
  return parts.join(', ');
}

const WRONG_MODEL =
  'The adapter was most likely trained on another model; choose the model it names in its config.';
const AGAIN = 'Save the adapter again.';

export const adapter = {
  'policy/adapter-kind': ({ origin, found }: From & { found: Shown }) =>
    `${origin}: peft_type is ${shown(found)}; only "LORA" is supported.`,
  'policy/adapter-config-no-json': ({ origin, reason }: From & { reason: Foreign }) =>
    `${origin} is not valid JSON (${reason}). ${AGAIN}`,
  'policy/adapter-config-no-object': ({ origin }: From) => `${origin} must hold an object. ${AGAIN}`,
  'policy/adapter-setting': ({
    origin,
    key,
    wanted,
    found,
  }: From & { key: string; wanted: AdapterWanted; found: Shown }) =>
    `${origin}: ${key} must be ${typeof wanted === 'string' ? WANTED[wanted] : `an integer from 1 to ${wanted.rank}`}, ` +
    `found ${shown(found)}. ${AGAIN}`,
  'policy/adapter-variant': ({
    origin,
    key,
    found,
    start,
  }: From & { key: string; found: Shown; start: AdapterStart | null }) =>
    `${origin}: ${key} = ${shown(found)} is not supported. ${variantWords(key, start)}`,
  'policy/adapter-pattern': ({ origin, setting, key }: From & { setting: string; key: string }) =>
    `${origin}: ${setting} has the key ${JSON.stringify(key)}, an expression that cannot be read: look-around and ` +
    'back-references are not supported. Write module paths instead, such as "layers.3.self_attn.q_proj".',
  'policy/adapter-excluded': ({ where, module, chosen }: Where & { module: string; chosen: ChosenModules }) =>
    `${where} has tensors of ${module}, which has no place in an adapter with ${chosenWords(chosen)} in adapter_config.json. ` +
    AGAIN,
  'policy/adapter-cut': ({
    where,
    name,
    last,
    layers,
    targets,
    needed,
    found,
  }: Named & { last: number; layers: number; targets: readonly string[]; needed: number; found: number }) =>
    `${where}: tensor "${name}" is missing, and so are all of the layers after ${last}; a model of ${layers} layers with ` +
    `target_modules ${targets.join(', ')} needs ${needed} tensors, found ${found}. ${WRONG_MODEL} If it was meant so, name ` +
    'the layers in layers_to_transform.',
  'policy/adapter-half': ({ where, name }: Named) =>
    `${where}: tensor "${name}" is missing; its other half is there. ${AGAIN}`,
  'policy/adapter-shape': ({
    where,
    name,
    shape,
    r,
    found,
  }: Named & { shape: readonly number[]; r: number; found: readonly number[] }) =>
    `${where}: tensor "${name}" must have shape [${shape.join(', ')}] for this model and r = ${r}, found [${found.join(', ')}]. ` +
    WRONG_MODEL,
  'policy/adapter-empty': ({ where }: Where) =>
    `${where} has no tensors, so nothing would be adapted. ${AGAIN}`,
  'policy/adapter-other-modules': ({
    where,
    meant,
    chosen,
  }: Where & { meant: readonly string[]; chosen: ChosenModules }) =>
    `${where} has tensors of no module of this model` +
    (meant.length === 0
      ? `, and ${chosenWords(chosen)} means none. `
      : `; target_modules means ${firstOf(meant, 4)}. `) +
    WRONG_MODEL,
  'policy/adapter-several': ({ origin, paths }: From & { paths: readonly string[] }) =>
    `${origin}: found several adapters (${paths.join(', ')}). Give one folder.`,
  'policy/adapter-no-file': ({
    origin,
    name,
    found,
  }: From & { name: string; found: 'pickle' | readonly string[] }) =>
    `${origin}: there is no ${name}. ` +
    (found === 'pickle'
      ? 'adapter_model.bin is a Python pickle, which is not read; save the adapter with safetensors.'
      : `An adapter is a folder with adapter_config.json and adapter_model.safetensors; found ${found.join(', ') || 'nothing'}.`),
  'policy/adapter-no-place': ({
    where,
    name,
    layers,
    targets,
  }: Named & { layers: number; targets: readonly string[] }) =>
    `${where}: tensor "${name}" has no place in a model of ${layers} layers, whose adapters have LoRA pairs on ` +
    `${targets.join(', ')}. ${WRONG_MODEL}`,
  'policy/adapter-name-twice': ({ where, name }: Named) =>
    `${where}: tensor "${name}" is there twice, with and without ".default" or with another prefix. ${AGAIN}`,
  'policy/adapter-models': ({ where, prefixes }: Where & { prefixes: readonly string[] }) =>
    `${where}: tensors are of several models (${prefixes.join(', ')}). ${AGAIN}`,
  'policy/adapter-no-target': () => 'A LoRA adapter needs at least one target module.',
  'policy/adapter-no-tensor': ({ name }: { name: string }) =>
    `The adapter has no tensor ${name}: it was made for another model or other targets.`,
  'policy/adapter-tensor-shape': ({
    name,
    found,
    shape,
  }: {
    name: string;
    found: readonly number[];
    shape: readonly number[];
  }) =>
    `${name} has shape [${found.join(', ')}], this model and rank need [${shape.join(', ')}]: it was made for another model.`,
  'policy/adapter-more': ({ name }: { name: string | null }) =>
    `The adapter holds ${name ?? 'tensors'} that this model or its targets do not have.`,
};
