/** WebGPU in Node. */
import type { TextsOf } from './types';

export const dawn: TextsOf<'dawn'> = {
  'dawn/no-driver': () =>
    '向 Dawn 请求 WebGPU 适配器，但没有可用的 Vulkan 驱动。请安装一个（Debian 和 Ubuntu：`apt-get install mesa-vulkan-drivers`；在 MailGym 源码仓库中：`npm run setup`），或在 VK_ICD_FILENAMES 中写明它的清单文件。',
  'dawn/no-package': () =>
    '在 Node 中请求 WebGPU，这由 `webgpu` 包（Dawn）提供；它没有安装，或在这里无法加载。请运行 `npm install webgpu`。',
};
