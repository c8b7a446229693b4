import type { Shown } from '../../picture';
import type { Foreign } from '../../types';
import { shown } from '../words';
import type { From } from './files';

export interface Named extends From {
  readonly name: string;
}

/** What an entry of the header lacks. */
const NEEDS = {
  object: 'must be described by an object',
  dtype: 'needs a number format (dtype)',
  shape: 'needs a shape of non-negative integers',
  offsets: 'needs data_offsets [begin, end]',
};

export const safetensors = {
  'policy/safetensors-no-length': ({ origin, fileBytes }: From & { fileBytes: number }) =>
    `${origin}: truncated: a safetensors file begins with 8 bytes of header length, this file has ${fileBytes}. Download it again.`,
  'policy/no-safetensors': ({ origin, length, most }: From & { length: number; most: number }) =>
    `${origin}: not a safetensors file: its first 8 bytes give a header of ${length} bytes, which must be between 2 and ` +
    `${most}. Check that the address leads to the file itself (not to a web page or a Git LFS pointer).`,
  'policy/safetensors-header-cut': ({
    origin,
    length,
    fileBytes,
  }: From & { length: number; fileBytes: number }) =>
    `${origin}: truncated: a header of ${length} bytes is promised, the file has ${fileBytes} bytes in all. Download it again.`,
  'policy/safetensors-header-no-json': ({ origin, reason }: From & { reason: Foreign }) =>
    `${origin}: damaged: the safetensors header is not JSON (${reason}). Download it again.`,
  'policy/safetensors-header-no-object': ({ origin }: From) =>
    `${origin}: damaged: the safetensors header is not a JSON object. Download it again.`,
  'policy/safetensors-name-twice': ({ origin, name }: Named) =>
    `${origin}: the safetensors header names "${name}" twice, so it is unclear which one is meant. Export the file again.`,
  'policy/safetensors-metadata': ({ origin, found }: From & { found: Shown }) =>
    `${origin}: "__metadata__" must map names to texts, found ${shown(found)}. Export the file again.`,
  'policy/safetensors-entry': ({
    origin,
    name,
    needs,
    found,
  }: Named & { needs: keyof typeof NEEDS; found: Shown }) =>
    `${origin}: tensor "${name}" ${NEEDS[needs]}, found ${shown(found)}. Export the file again.`,
  'policy/safetensors-bytes': ({
    origin,
    name,
    shape,
    dtype,
    bytes,
    begin,
    end,
  }: Named & { shape: readonly number[]; dtype: string; bytes: number; begin: number; end: number }) =>
    `${origin}: tensor "${name}" of shape [${shape.join(', ')}] and format ${dtype} takes ${bytes} bytes, its data_offsets ` +
    `[${begin}, ${end}] give ${end - begin}. Export the file again.`,
  'policy/safetensors-data-cut': ({
    origin,
    promised,
    dataBytes,
  }: From & { promised: number; dataBytes: number }) =>
    `${origin}: truncated: the header promises ${promised} bytes of tensors, the file has ${dataBytes}. Download it again.`,
  'policy/safetensors-order': ({
    origin,
    name,
    begin,
    expected,
  }: Named & { begin: number; expected: number }) =>
    `${origin}: tensor "${name}" begins at byte ${begin} and ${begin < expected ? 'overlaps the tensor before it' : `leaves ${begin - expected} bytes unused`} ` +
    `(expected ${expected}). Export the file again.`,
  'policy/safetensors-more': ({ origin, end, more }: From & { end: number; more: number }) =>
    `${origin}: the tensors end at byte ${end}, but ${more} more bytes follow. Download or export the file again.`,
  'policy/tensor-type': ({ origin, name, dtype }: Named & { dtype: string }) =>
    `${origin}: tensor "${name}" is stored as ${dtype}; weights are read from F32, F16, BF16 and F64. Use the model's ` +
    'unquantised files.',
  'policy/tensor-to-write': ({
    name,
    shape,
    needed,
    found,
  }: {
    name: string;
    shape: readonly number[];
    needed: number;
    found: number;
  }) =>
    `Cannot write tensor "${name}": shape [${shape.join(', ')}] asks for ${needed} numbers, found ${found}.`,
};
