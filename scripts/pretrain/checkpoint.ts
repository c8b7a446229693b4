/** The checkpoint of a warm start: weights, momentum and moments and progress in one file, which is replaced as a whole. */
import { parseSafetensors, toFloat32, writeSafetensors } from '../../src/formats/safetensors';
import type { RunStore } from '../../src/run/stores/run-store';
import { TrainingError } from '../../src/errors/training';
import type { OptimizerState } from '../../src/engine/types';
import type { RunOptions } from './options';

export const CHECKPOINT_FILE = 'checkpoint.safetensors';

export interface Progress {
  readonly format: 2;
  readonly options: RunOptions;
  /** Index among the run's stages; as many as there are when all are done. */
  readonly stage: number;
  /** Steps done in that stage. */
  readonly step: number;
  /** Lines of the log so far. */
  readonly logLines: number;
}

export interface Checkpoint {
  readonly progress: Progress;
  readonly optimizer: OptimizerState;
}

export async function saveCheckpoint(store: RunStore, { progress, optimizer }: Checkpoint): Promise<void> {
  const tensor = (data: Float32Array) => ({ shape: [data.length], data });
  const { step, parameters, m, v } = optimizer;
  const tensors = new Map([
    ['parameters', tensor(parameters)],
    ['m', tensor(m)],
    ['v', tensor(v)],
  ]);
  const metadata = { format: 'pt', step: String(step), progress: JSON.stringify(progress) };
  await store.write(CHECKPOINT_FILE, writeSafetensors(tensors, metadata));
}

/** Null when there is none. @throws TrainingError, PolicyError when the file is damaged or of another version. */
export async function loadCheckpoint(store: RunStore): Promise<Checkpoint | null> {
  const bytes = await store.read(CHECKPOINT_FILE);
  if (bytes === null) return null;
  const { tensors, metadata } = parseSafetensors(bytes, CHECKPOINT_FILE);
  const array = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    return tensor === undefined
      ? refuse(`it has no tensor "${name}"`)
      : toFloat32(tensor, name, CHECKPOINT_FILE);
  };
  const progress = JSON.parse(metadata['progress'] ?? 'null') as Progress | null;
  const step = Number(metadata['step']);
  if (progress?.format !== 2 || !Number.isInteger(step)) return refuse('its progress is not of format 2');
  return {
    progress,
    optimizer: { step, parameters: array('parameters'), m: array('m'), v: array('v') },
  };
}

function refuse(what: string): never {
  throw new TrainingError(
    `${CHECKPOINT_FILE} cannot be resumed from: ${what}. Start another run with another out, or remove the file.`,
  );
}
