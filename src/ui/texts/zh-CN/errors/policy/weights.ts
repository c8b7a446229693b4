import type { weights as english } from '../../../../../errors/texts/en/policy/weights';
import type { Like } from '../types';
import { listed, shownOfMany } from '../words';

const SAME_MODEL = '请使用同一个模型的权重和 config.json。';

export const weights: Like<typeof english> = {
  'policy/tensor-shape': ({ origin, name, found, shape }) =>
    `${origin}：张量“${name}”的形状是 [${found.join(', ')}]，config.json 要求 [${shape.join(', ')}]。${SAME_MODEL}`,
  'policy/no-head': ({ origin, name }) =>
    `${origin}：config.json 说输出投影是单独的矩阵（"tie_word_embeddings": false，或没有这个键），而权重中没有 ${name}。这类模型大多与词嵌入共用：请把 "tie_word_embeddings" 设为 true，或使用同一个模型的权重和 config.json。`,
  'policy/tensors-missing': ({ origin, missing, needed, family, layers, others }) =>
    `${origin}：config.json 要求 ${needed} 个张量（${family}，${layers} 层），权重缺少其中 ${missing.count} 个：${shownOfMany(missing)}。${SAME_MODEL}` +
    (others === null ? '' : `现有的名字属于另一类：${shownOfMany(others)}。`),
  'policy/tensor-names': ({ origin, name, first, second }) =>
    `${origin}：“${first}”和“${second}”都会成为 ${name}，不清楚指哪一个。请只使用一个模型的文件。`,
  'policy/output-bias': ({ origin, name }) =>
    `${origin}：“${name}”不为零；不支持 o_proj 上的偏置。请换一个模型。`,
  'policy/tensor-not-finite': ({ origin, name, found, index }) =>
    `${origin}：张量“${name}”在位置 ${index} 处为 ${found}。文件已损坏，或训练时发散了；请使用另一份。`,
  'policy/no-weights': ({ origin, file, index }) =>
    `${origin}：${file} 和 ${index} 都没有。请使用 safetensors 格式的模型或 GGUF 文件（不读取 pytorch_model.bin 和 ONNX 文件）。`,
  'policy/index-no-map': ({ origin, index }) => `${origin}：${index} 没有 weight_map。请重新下载。`,
  'policy/index-files': ({ origin, index, found }) =>
    `${origin}：${index} 必须列出同一文件夹中的 safetensors 文件，实为 ${listed(found)}。请重新下载。`,
  'policy/no-tensor': ({ name }) => `模型没有张量 ${name}；它的文件不完整。`,
  'policy/tensor-too-large': ({ name, bytes, limit, isSmallest }) =>
    `${name} 占 ${bytes} 字节；这台设备一个绑定最多 ${limit} 字节。请使用更小的模型${isSmallest ? '' : '，或 baseWeights=int4'}。`,
};
