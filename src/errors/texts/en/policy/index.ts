/** Texts of PolicyError: a model, its files, its weights or its adapter. */
import { files } from './files';
import { gguf } from './gguf';
import { safetensors } from './safetensors';

export const policy = { ...files, ...gguf, ...safetensors };
