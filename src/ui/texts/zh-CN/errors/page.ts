/** Files that a visitor gives to the page. */
import type { TextsOf } from './types';
import { listed } from './words';

export const page: TextsOf<'page'> = {
  'page/adapter-files': ({ names, missing }) =>
    `适配器由 adapter_model.safetensors 和 adapter_config.json 组成；${names.length === 0 ? '没有给出文件，' : `${listed(names)} 中`}缺少 ${listed(missing)}。请选择这两个文件，或它们的 zip。`,
  'page/many-files': ({ most }) =>
    `拖入的文件超过 ${most} 个；没有模型有这么多文件。请拖入一个 GGUF 文件，或一个模型的文件夹。`,
  'page/no-zip': ({ name }) => `${name} 不是可读的 zip 文件。请改为选择适配器的两个文件。`,
};
