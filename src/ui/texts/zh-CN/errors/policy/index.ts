/** Texts of PolicyError and SamplingStopped: a model, its files, its weights or its adapter. */
import type { TextsOf } from '../types';
import { adapter } from './adapter';
import { chat } from './chat';
import { config } from './config';
import { download } from './download';
import { exports } from './exports';
import { files } from './files';
import { gguf } from './gguf';
import { given } from './given';
import { places } from './places';
import { platform } from './platform';
import { safetensors } from './safetensors';
import { sampling } from './sampling';
import { training } from './training';
import { weights } from './weights';

export const policy: TextsOf<'policy' | 'sampling-stopped'> = {
  ...adapter,
  ...chat,
  ...config,
  ...download,
  ...exports,
  ...files,
  ...gguf,
  ...given,
  ...places,
  ...platform,
  ...safetensors,
  ...sampling,
  ...training,
  ...weights,
};
