/** Texts about what the place of a run gives it. */
import { howToServe } from '../words';

export const platform = {
  'policy/no-adapter-folder': ({ path }: { path: string }) =>
    `${path} is no adapter folder: it has no adapter_config.json. Give best_model/ or final/ of a run.`,
  'policy/no-adapter-path': ({ path }: { path: string }) =>
    `"${path}" names no adapter of a run. Give the run's folder and the adapter's, as in outputs/masked/final.`,
  'policy/no-base-url': ({ model }: { model: string }) =>
    `Asked for the model "${model}" by name, and no baseUrl says where models are. ${howToServe(`models/${model}`)}, or give the ` +
    "model's own address or hub:<owner>/<name>.",
  'policy/no-webgpu': () => 'This browser has no WebGPU. Use a current Chrome, Edge, Firefox or Safari.',
  'policy/optimizer-tensor': ({ origin, name }: { origin: string; name: string }) =>
    `${origin} has no tensor "${name}".`,
  'policy/optimizer-lengths': ({ origin }: { origin: string }) =>
    `${origin} has arrays of different lengths, or no step.`,
};
