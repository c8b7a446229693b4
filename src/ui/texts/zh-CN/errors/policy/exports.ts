/** Writing a model for other programs. */
import type { exports as english, LlamaCppTokenizer } from '../../../../../errors/texts/en/policy/exports';
import type { Like } from '../types';
import { listed } from '../words';

const LAYER_FAULTS = {
  'sees-everything': '能看到全部内容',
  'has-window': '带有窗口',
  'has-other-frequencies': '带窗口，而旋转频率不是 10000',
  'does-not-rotate': '不做旋转',
  'does-rotate': '做旋转',
};

function tokenizerWords(fault: LlamaCppTokenizer): string {
  if (fault === 'no-vocabulary') return '它的 tokenizer.json 没有 vocab';
  if (fault === 'no-merges') return '它的 tokenizer.json 没有 merges';
  if ('type' in fault) return `它的 tokenizer.json 的类型是 ${fault.type}，不是 "BPE"`;
  if ('merge' in fault) return `它的 tokenizer.json 含有合并规则 ${fault.merge}`;
  return `llama.cpp 没有与它的 tokenizer.json 相同的切分方式（${fault.cut}）`;
}

export const exports: Like<typeof english> = {
  'policy/export-no-adapter': ({ format }) =>
    `格式 ${format} 是适配器的格式，但没有给出适配器。请给出适配器，或选择别的格式。`,
  'policy/export-type': ({ format, type, known }) =>
    `格式 ${format} 没有类型 ${type}；现有的类型是 ${listed(known)}。请选择其中之一。`,
  'policy/export-part': ({ bytes }) => `最多 ${bytes} 字节的分卷什么也装不下。请选择更大的大小。`,
  'policy/export-tensor': ({ name, written, wanted }) =>
    `张量 ${name} 给出了 ${written} 字节，而应写 ${wanted} 字节。请重新读取模型。`,
  'policy/gguf-form': ({ origin, form, family }) =>
    `${origin} 不能写成 GGUF：${'layer' in form ? `第 ${form.layer} 层${LAYER_FAULTS[form.fault]}` : `注意力分数的缩放为 ${form.scale}`}，而 llama.cpp 对 ${family} 没有这种形式。请改为导出 safetensors 或 ONNX。`,
  'policy/gguf-tokenizer': ({ origin, fault }) =>
    `${origin} 不能连同分词器写成 GGUF：${tokenizerWords(fault)}。请改为导出 safetensors 或 ONNX；或者对直接向模型提供词元 id 的程序，要求不论分词器都写 GGUF（--any-tokenizer）。`,
};
