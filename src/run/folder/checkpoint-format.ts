/**
 * Whether a checkpoint's files are what their names promise, as far as their format tells. Where checksums were written
 * they tell more; versions before format 2 of the index wrote none.
 */
import { told } from '../../errors';
import type { DamagedFile } from '../../errors/texts/damage';
import { parseSafetensors } from '../../formats/safetensors';
import {
  ADAPTER_CONFIG,
  ADAPTER_WEIGHTS,
  METADATA_FILE,
  MODEL_WEIGHTS,
  OPTIMIZER_FILE,
} from '../../report/run-files';
import { readOptimizer, type StateFile } from './checkpoint-files';
import { hasKeys, parseJson } from './json';

type Read = (name: string) => Promise<Uint8Array | null>;

/** @returns the files that are not, each with what is wrong; a changed number is not noticed */
export async function formatDamages(
  read: Read,
  state: Pick<StateFile, 'step' | 'trainQuestionsHash'>,
): Promise<DamagedFile[]> {
  const found = [await metadataDamage(read, state)];
  // A checkpoint of pretraining holds the whole model instead of an adapter.
  if ((await read(ADAPTER_WEIGHTS)) !== null || (await read(MODEL_WEIGHTS)) === null) {
    found.push(await configDamage(read));
    found.push(await unreadable(read, ADAPTER_WEIGHTS, (bytes) => parseSafetensors(bytes, ADAPTER_WEIGHTS)));
  } else {
    found.push(await unreadable(read, MODEL_WEIGHTS, (bytes) => parseSafetensors(bytes, MODEL_WEIGHTS)));
  }
  found.push(await unreadable(read, OPTIMIZER_FILE, (bytes) => readOptimizer(bytes, OPTIMIZER_FILE)));
  return found.filter((damage) => damage !== null);
}

/** It is written last: without it the save was never finished. It and the state must be of one save. */
async function metadataDamage(
  read: Read,
  { step, trainQuestionsHash }: Pick<StateFile, 'step' | 'trainQuestionsHash'>,
): Promise<DamagedFile | null> {
  const metadata = parseJson(await read(METADATA_FILE));
  if (!isMetadata(metadata)) return { path: METADATA_FILE, damage: 'damaged-or-missing' };
  return metadata.step === step && metadata.trainQuestionsHash === trainQuestionsHash
    ? null
    : { path: METADATA_FILE, damage: 'other-save' };
}

async function configDamage(read: Read): Promise<DamagedFile | null> {
  const isConfig = hasKeys(parseJson(await read(ADAPTER_CONFIG)), 'r', 'lora_alpha', 'target_modules');
  return isConfig ? null : { path: ADAPTER_CONFIG, damage: 'damaged-or-missing' };
}

async function unreadable(
  read: Read,
  name: string,
  parse: (bytes: Uint8Array) => unknown,
): Promise<DamagedFile | null> {
  const bytes = await read(name);
  if (bytes === null) return { path: name, damage: 'missing' };
  try {
    parse(bytes);
    return null;
  } catch (error) {
    return { path: name, damage: { unreadable: told(error) } };
  }
}

export function isMetadata(value: unknown): value is { step: unknown; trainQuestionsHash: unknown } {
  return hasKeys(value, 'step', 'mode', 'model', 'trainQuestionsHash', 'settings');
}
