/** What a checkpoint's own files hold: the trainer's state and the optimiser's. */
import { parseSafetensors, toFloat32, writeSafetensors } from '../../formats/safetensors';
import { PolicyError } from '../../errors/policy';
import type { OptimizerState } from '../../engine/types';
import type { Settings } from '../../settings/settings';
import { isFileRecord, type FileRecord } from './checksum';
import { hasKeys } from './json';

/** What a run must know to go on, beside weights and Adam's state. */
export interface TrainerState {
  readonly format: 1;
  readonly step: number;
  readonly best: { readonly step: number; readonly accuracy: number } | null;
  readonly evalsWithoutImprovement: number;
  /** Steps in a row, up to this one, whose update was not finite; absent in older checkpoints: none. */
  readonly updatesSkipped?: number;
  readonly lastEvaluation: { readonly step: number; readonly accuracy: number } | null;
  /** Reward of the untouched model by question id; null when it was not measured. */
  readonly baseline: Readonly<Record<string, number>> | null;
  /** SHA-256 of the questions, in order, as {@link questionsHash} forms it. */
  readonly trainQuestionsHash: string;
  readonly evalQuestionsHash: string;
  /** SHA-256 of a user's file and all its tasks; absent for built-in environments, and in older checkpoints. */
  readonly environmentHash?: string;
  readonly settings: Settings;
  /** Where the steps so far are recorded. */
  readonly history: { readonly file: string; readonly lines: number };
}

/** `trainer_state.json`: the state, and the files that lie beside it, for when the run's index is lost. */
export interface StateFile extends TrainerState {
  /** By name; absent in checkpoints of older versions. */
  readonly files?: Readonly<Record<string, FileRecord>>;
}

export interface Checkpoint {
  readonly state: TrainerState;
  readonly optimizer: OptimizerState;
}

export function isStateFile(value: unknown): value is StateFile {
  return (
    hasKeys(value, 'format', 'step', 'settings', 'evalQuestionsHash', 'trainQuestionsHash', 'history') &&
    value.format === 1 &&
    Number.isInteger(value.step) &&
    typeof value.settings === 'object' &&
    value.settings !== null &&
    (!('files' in value) || hasRecords(value.files))
  );
}

function hasRecords(files: unknown): boolean {
  return typeof files === 'object' && files !== null && Object.values(files).every(isFileRecord);
}

export function optimizerFile(state: OptimizerState): Uint8Array {
  const tensor = (data: Float32Array) => ({ shape: [data.length], data });
  return writeSafetensors(
    new Map([
      ['parameters', tensor(state.parameters)],
      ['m', tensor(state.m)],
      ['v', tensor(state.v)],
    ]),
    { format: 'pt', step: String(state.step) },
  );
}

/**
 * @param origin names the file in messages
 * @throws PolicyError, RangeError when the bytes are no optimiser state
 */
export function readOptimizer(bytes: Uint8Array, origin: string): OptimizerState {
  const { tensors, metadata } = parseSafetensors(bytes, origin);
  const array = (name: string) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw PolicyError.of('policy/optimizer-tensor', { origin, name });
    return toFloat32(tensor, name, origin);
  };
  const [parameters, m, v] = [array('parameters'), array('m'), array('v')];
  const step = Number(metadata['step']);
  if (!Number.isInteger(step) || m.length !== parameters.length || v.length !== parameters.length) {
    throw PolicyError.of('policy/optimizer-lengths', { origin });
  }
  return { step, parameters, m, v };
}
