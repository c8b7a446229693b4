/** A model that a visitor gives the page as files. */
import type { given as english } from '../../../../../errors/texts/en/policy/given';
import type { Like } from '../types';
import { firstOf } from '../words';

export const given: Like<typeof english> = {
  'policy/file-gone': ({ model }) =>
    `模型 ${model} 是以文件形式交给本页面的，页面重新加载后就不再持有这样的文件。请在“模型”旁边重新选择该文件，然后继续。`,
  'policy/file-changed': ({ origin, path, reason }) =>
    `${origin}：${path} 不再能读取（${reason}）。自选择以来，它被移动、改动或删除了。请重新选择。`,
  'policy/no-model-given': ({ found }) =>
    `${found.length === 0 ? '没有给出文件' : `${firstOf(found, 8)} 中`}${found.length === 0 ? '，也就' : ''}没有模型。请给出一个 GGUF 文件，或一个 Hugging Face 模型的文件夹：config.json、tokenizer.json、tokenizer_config.json 和 safetensors 文件。`,
  'policy/several-given': ({ found }) => `给出了多个模型：${firstOf(found, 8)}。请只给其中一个。`,
};
