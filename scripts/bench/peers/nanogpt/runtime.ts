/**
 * @genai-fi/nanogpt 1.3.0. It is no dependency of this project: it brings some sixty packages, one of which wants a
 * newer Node than we do, and runs a script when it is installed. Its own copy of tfjs finds ours through a global, so
 * both share one engine; its kernels want its own backend, on a device of its own.
 */
import * as tf from '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const PACKAGE = '@genai-fi/nanogpt';
const VERSION = '1.3.0';

export interface NanogptConfig {
  readonly modelType: 'GenAI_NanoGPT_v1';
  readonly vocabSize: number;
  readonly blockSize: number;
  readonly nLayer: number;
  readonly nHead: number;
  readonly nEmbed: number;
  /** Width of the feed-forward layer over that of the model. */
  readonly mlpFactor: number;
  readonly useRope: boolean;
}

export interface NanogptModel {
  getNumParams(): number;
  dispose(): void;
}

export interface NanogptOptimizerConfig {
  readonly learningRate: number;
  readonly minLearningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly warmupSteps: number;
}

/** What its trainers do with every batch: forward, backward, AdamW. */
export interface NanogptTrainer {
  /** @param batch ids [sequences, length], inputs and targets; answers the mean loss, a scalar */
  trainStep(state: object, batch: { readonly xs: tf.Tensor; readonly ys: tf.Tensor }): tf.Scalar;
  dispose(): void;
}

export interface Nanogpt {
  readonly Model: new (config: NanogptConfig) => NanogptModel;
  readonly Trainer: new (
    model: NanogptModel,
    tokeniser: null,
    optimizer: NanogptOptimizerConfig,
  ) => NanogptTrainer;
  /** Runs `work` with the library's backend as the current one. */
  use<T>(work: () => Promise<T>): Promise<T>;
}

export async function loadNanogpt(): Promise<Nanogpt> {
  const main = find();
  const load = async <T>(file: string) => (await import(new URL(file, main).href)) as T;
  // Its copy of tfjs was bundled for browsers and fails where it thinks that it is in Node.
  const isNode = tf.env().getBool('IS_NODE');
  tf.env().set('IS_NODE', false);
  const { selectBackend } = await load<{ selectBackend(name: 'webgpu'): Promise<void> }>('./backend.js');
  const { default: Model } = await load<{ default: Nanogpt['Model'] }>('./models/NanoGPTV1.js');
  const { default: Trainer } = await load<{ default: Nanogpt['Trainer'] }>('./training/BasicTrainer.js');
  const engine = tf.engine();
  const ours = engine.registry['webgpu'];
  const factory = engine.registryFactory['webgpu'];
  if (ours === undefined || factory === undefined)
    throw new Error('tfjs has no WebGPU backend to go back to.');
  await tf.setBackend('cpu');
  delete engine.registry['webgpu'];
  delete engine.registryFactory['webgpu'];
  await selectBackend('webgpu');
  tf.env().set('IS_NODE', isNode);
  const theirs = engine.registry['webgpu'] as typeof ours;
  engine.registryFactory['webgpu'] = factory;
  const switchTo = async (backend: typeof ours) => {
    engine.registry['webgpu'] = backend;
    await tf.setBackend('webgpu');
  };
  await switchTo(ours);
  return {
    Model,
    Trainer,
    use: async (work) => {
      await switchTo(theirs);
      try {
        return await work();
      } finally {
        await switchTo(ours);
      }
    },
  };
}

function find(): URL {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve(PACKAGE));
  } catch {
    throw new Error(
      `${PACKAGE} is not installed, and no dependency. \`npm install --no-save ${PACKAGE}@${VERSION}\` makes this row measurable.`,
    );
  }
}
