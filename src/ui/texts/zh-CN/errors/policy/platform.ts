/** What the place of a run gives it. */
import type { platform as english } from '../../../../../errors/texts/en/policy/platform';
import type { Like } from '../types';
import { howToServe } from '../words';

export const platform: Like<typeof english> = {
  'policy/no-adapter-folder': ({ path }) =>
    `${path} 不是适配器文件夹：没有 adapter_config.json。请给出运行的 best_model/ 或 final/。`,
  'policy/no-adapter-path': ({ path }) =>
    `“${path}”不是运行的适配器。请给出运行的文件夹和适配器的文件夹，例如 outputs/masked/final。`,
  'policy/no-base-url': ({ model }) =>
    `按名字请求模型“${model}”，但没有 baseUrl 说明模型在哪里。${howToServe(`models/${model}`)}；也可以给出模型自己的地址，或 hub:<owner>/<name>。`,
  'policy/no-webgpu': () => '这个浏览器没有 WebGPU。请使用新版 Chrome、Edge、Firefox 或 Safari。',
  'policy/optimizer-tensor': ({ origin, name }) => `${origin} 没有张量“${name}”。`,
  'policy/optimizer-lengths': ({ origin }) => `${origin} 中各数组的长度不同，或没有 step。`,
};
