/** Where models are looked for. */
import type { places as english } from '../../../../../errors/texts/en/policy/places';
import type { Like } from '../types';
import { listed } from '../words';

export const places: Like<typeof english> = {
  'policy/no-such-file': ({ origin, path, present }) =>
    `${origin}：没有 ${path}。${present === null ? '' : present.length === 0 ? '那里什么也没有。' : `那里有 ${listed(present)}。`}模型需要 config.json、tokenizer.json、tokenizer_config.json 和 model.safetensors。`,
  'policy/no-path': ({ origin, path }) => `${origin}：${path} 不是文件路径。`,
  'policy/file-not-read': ({ origin, path, reason }) =>
    `${origin}：${path} 无法读取（${reason}）。请检查该文件及其权限。`,
  'policy/no-hub-name': ({ name }) =>
    `“hub:${name}”不是 Hub 上的模型名。请写 hub:<owner>/<name>；不用 main 时后面加 @<revision>，指定其中的位置时加 /<folder> 或 /<file>.gguf。`,
  'policy/hub-endpoint': ({ endpoint, usual }) =>
    `Hub 的地址为“${endpoint}”。请给出 ${usual} 这样的地址，或去掉它。`,
  'policy/no-model': ({ model, place }) =>
    `没有模型“${model}”：${place} 和 ${model} 中都没有 config.json 或 GGUF 文件。请给出 Hugging Face 模型的文件夹、GGUF 文件、地址，或 hub:<owner>/<name>。`,
  'policy/several-models': ({ folder, files }) =>
    `${folder}：有多个 GGUF 文件（${listed(files)}）。请给出其中一个的路径。`,
  'policy/no-model-name': ({ model }) =>
    `没有叫“${model}”的模型。请给出内置模型的名字、以 https:// 开头的地址，或 hub:<owner>/<name>。`,
  'policy/no-address': ({ address }) =>
    `“${address}”不是完整的地址。请给出以 https:// 或 http:// 开头的地址。`,
};
