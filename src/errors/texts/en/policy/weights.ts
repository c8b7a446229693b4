import type { Many } from '../../many';
import { shownOfMany } from '../words';
import type { From } from './files';

export interface Named extends From {
  readonly name: string;
}

const SAME_MODEL = 'Use weights and config.json of the same model.';

export const weights = {
  'policy/tensor-shape': ({
    origin,
    name,
    found,
    shape,
  }: Named & { found: readonly number[]; shape: readonly number[] }) =>
    `${origin}: tensor "${name}" has shape [${found.join(', ')}], config.json asks for [${shape.join(', ')}]. ${SAME_MODEL}`,
  'policy/no-head': ({ origin, name }: Named) =>
    `${origin}: config.json says that the output projection is a matrix of its own ("tie_word_embeddings": false, or the key ` +
    `is not there), and the weights have no ${name}. Most such models share the embedding: set "tie_word_embeddings" to true; ` +
    'or use weights and config.json of the same model.',
  'policy/tensors-missing': ({
    origin,
    missing,
    needed,
    family,
    layers,
    others,
  }: From & { missing: Many; needed: number; family: string; layers: number; others: Many | null }) =>
    `${origin}: the weights lack ${missing.count} of ${needed} tensors that config.json asks for (${family}, ${layers} ` +
    `layers): ${shownOfMany(missing)}. ${SAME_MODEL}` +
    (others === null ? '' : ` The names there are of another kind: ${shownOfMany(others)}.`),
  'policy/tensor-names': ({ origin, name, first, second }: Named & { first: string; second: string }) =>
    `${origin}: "${first}" and "${second}" would both be ${name}, so it is unclear which one is meant. Use the files of one ` +
    'model only.',
  'policy/output-bias': ({ origin, name }: Named) =>
    `${origin}: "${name}" is not zero; a bias on o_proj is not supported. Choose another model.`,
  'policy/tensor-not-finite': ({ origin, name, found, index }: Named & { found: string; index: number }) =>
    `${origin}: tensor "${name}" holds ${found} at position ${index}. The file is damaged or its training diverged; use ` +
    'another copy.',
  'policy/no-weights': ({ origin, file, index }: From & { file: string; index: string }) =>
    `${origin}: neither ${file} nor ${index} is there. Use a model in the safetensors format, or a GGUF file ` +
    '(pytorch_model.bin and ONNX files are not read).',
  'policy/index-no-map': ({ origin, index }: From & { index: string }) =>
    `${origin}: ${index} has no weight_map. Download it again.`,
  'policy/index-files': ({ origin, index, found }: From & { index: string; found: readonly string[] }) =>
    `${origin}: ${index} must name safetensors files of the same folder, found ${found.join(', ')}. Download it again.`,
  'policy/no-tensor': ({ name }: { name: string }) =>
    `The model has no tensor ${name}; its file is incomplete.`,
  'policy/tensor-too-large': ({
    name,
    bytes,
    limit,
    isSmallest,
  }: {
    name: string;
    bytes: number;
    limit: number;
    isSmallest: boolean;
  }) =>
    `${name} takes ${bytes} bytes; this device binds at most ${limit}. Use a smaller model${isSmallest ? '' : ', or baseWeights=int4'}.`,
};
