import type { gguf as english, GgufFault } from '../../../../../errors/texts/en/policy/gguf';
import type { Like } from '../types';
import { listed, shown } from '../words';

const PROMISED = {
  tensors: '个张量',
  keys: '个键',
  'bytes of text': '字节文本',
  'entries of a list': '个列表项',
};

function faultWords(fault: GgufFault): string {
  if ('keyTwice' in fault) return `键 ${shown(fault.keyTwice)} 出现了两次`;
  if ('alignment' in fault) return `general.alignment 为 ${shown(fault.alignment)}`;
  if ('promised' in fault) return `它声明有 ${fault.promised} ${PROMISED[fault.of]}`;
  if ('valueType' in fault) return `它含有类型为 ${fault.valueType} 的值`;
  if ('dimensions' in fault) return `张量 ${shown(fault.tensor)} 有 ${fault.dimensions} 维`;
  if ('number' in fault) return `它含有数 ${fault.number}`;
  return `张量“${fault.name}”的一行有 ${fault.width} 个数，而它的块有 ${fault.block} 个`;
}

const VALUES = {
  number: '数',
  text: '文本',
  boolean: ' true 或 false',
  texts: '文本列表',
  numbers: '数的列表',
};

export const gguf: Like<typeof english> = {
  'policy/gguf-type': ({ origin, name, type, known }) =>
    `${origin}：张量“${name}”以 ${type} 存储；能读取的有 ${listed(known)}。请使用该模型的别的量化版本。`,
  'policy/no-gguf': ({ origin }) =>
    `${origin}：不是 GGUF 文件：开头不是 "GGUF"。请检查地址是否指向文件本身（而不是网页或 Git LFS 指针）。`,
  'policy/gguf-version': ({ origin, version }) =>
    `${origin}：GGUF 版本为 ${version}，或者数是高位字节在前；只读取低位字节在前的版本 2 和 3。请用新版 llama.cpp 转换该文件。`,
  'policy/gguf-damaged': ({ origin, fault }) =>
    `${origin}：GGUF 文件已损坏：${faultWords(fault)}。请重新下载。`,
  'policy/gguf-header-cut': ({ origin, start, fileBytes }) =>
    `${origin}：不完整：文件头在第 ${start} 字节之后还有内容，而文件只有 ${fileBytes} 字节。请重新下载。`,
  'policy/gguf-data-cut': ({ origin, name, end, fileBytes }) =>
    `${origin}：不完整：张量“${name}”止于第 ${end} 字节，而文件只有 ${fileBytes} 字节。请重新下载。`,
  'policy/gguf-architecture': ({ origin, name, known }) =>
    `${origin}：GGUF 文件的架构是“${name}”；支持的有 ${listed(known)}。请选择这些系列的模型。`,
  'policy/gguf-unsupported': ({ origin, found }) =>
    `${origin}：${found === 'experts' ? '该模型是混合专家模型' : `${found.key} 为 ${found.value}，而它的${found.part === 'heads' ? '头' : '键'}有 ${found.width} 个数`}，不受支持。请换一个模型。`,
  'policy/gguf-rope-factors': ({ origin, tensor }) =>
    `${origin}：${tensor} 含有的旋转频率系数不是 Llama 3 的，不受支持。请换一个模型。`,
  'policy/gguf-no-value': ({ origin, key }) =>
    `${origin}：GGUF 文件没有 ${key}。请用新版 llama.cpp 重新转换模型。`,
  'policy/gguf-value': ({ origin, key, needs }) =>
    `${origin}：GGUF 文件的 ${key} 必须是${VALUES[needs]}。请用新版 llama.cpp 重新转换模型。`,
  'policy/gguf-split': ({ origin, name, known }) =>
    `${origin}：关于分词器怎样切分单词（tokenizer.ggml.pre），GGUF 文件${name === null ? '没有说明' : `写的是“${name}”`}；已知的有 ${listed(known)}。请用新版 llama.cpp 重新转换模型，或使用它的 Hugging Face 文件夹。`,
  'policy/gguf-tokenizer-kind': ({ origin, kind }) =>
    `${origin}：GGUF 文件的分词器种类是 ${JSON.stringify(kind)}；支持的有 "gpt2"（字节）和 "llama"（SentencePiece）。请使用模型的 Hugging Face 文件夹。`,
};
