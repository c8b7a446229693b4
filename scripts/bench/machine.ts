/** What else a number depends on. */
import { createRequire } from 'node:module';
import { cpus } from 'node:os';

/** Peers whose version a reader must know. */
const PACKAGES = [
  'webgpu',
  '@tensorflow/tfjs-backend-webgpu',
  '@jax-js/jax',
  'onnxruntime-web',
  '@huggingface/transformers',
] as const;

export function machineLine(): string {
  const require = createRequire(import.meta.url);
  const manifest = require('../../package.json') as Readonly<Record<string, Record<string, string>>>;
  const versions = { ...manifest['dependencies'], ...manifest['devDependencies'] };
  const [first] = cpus();
  const libraries = PACKAGES.map((name) => `${name} ${versions[name] ?? '?'}`).join(', ');
  return `${first?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores; Node ${process.versions.node}; ${libraries}.`;
}
