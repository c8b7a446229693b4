import type { safetensors as english } from '../../../../../errors/texts/en/policy/safetensors';
import type { Like } from '../types';
import { shown } from '../words';

const NEEDS = {
  object: '必须由对象描述',
  dtype: '需要数值格式（dtype）',
  shape: '需要由非负整数组成的形状',
  offsets: '需要 data_offsets [begin, end]',
};

export const safetensors: Like<typeof english> = {
  'policy/safetensors-no-length': ({ origin, fileBytes }) =>
    `${origin}：不完整：safetensors 文件以 8 字节的头部长度开始，而该文件只有 ${fileBytes} 字节。请重新下载。`,
  'policy/no-safetensors': ({ origin, length, most }) =>
    `${origin}：不是 safetensors 文件：前 8 字节给出的头部长度为 ${length} 字节，应在 2 到 ${most} 之间。请检查地址是否指向文件本身（而不是网页或 Git LFS 指针）。`,
  'policy/safetensors-header-cut': ({ origin, length, fileBytes }) =>
    `${origin}：不完整：声明的头部有 ${length} 字节，而文件总共只有 ${fileBytes} 字节。请重新下载。`,
  'policy/safetensors-header-no-json': ({ origin, reason }) =>
    `${origin}：已损坏：safetensors 的头部不是 JSON（${reason}）。请重新下载。`,
  'policy/safetensors-header-no-object': ({ origin }) =>
    `${origin}：已损坏：safetensors 的头部不是 JSON 对象。请重新下载。`,
  'policy/safetensors-name-twice': ({ origin, name }) =>
    `${origin}：safetensors 的头部中“${name}”出现了两次，不清楚指哪一个。请重新导出该文件。`,
  'policy/safetensors-metadata': ({ origin, found }) =>
    `${origin}："__metadata__" 必须是名字到文本的映射，实为 ${shown(found)}。请重新导出该文件。`,
  'policy/safetensors-entry': ({ origin, name, needs, found }) =>
    `${origin}：张量“${name}”${NEEDS[needs]}，实为 ${shown(found)}。请重新导出该文件。`,
  'policy/safetensors-bytes': ({ origin, name, shape, dtype, bytes, begin, end }) =>
    `${origin}：形状为 [${shape.join(', ')}]、格式为 ${dtype} 的张量“${name}”占 ${bytes} 字节，而它的 data_offsets [${begin}, ${end}] 给出 ${end - begin} 字节。请重新导出该文件。`,
  'policy/safetensors-data-cut': ({ origin, promised, dataBytes }) =>
    `${origin}：不完整：头部声明有 ${promised} 字节的张量，而文件中有 ${dataBytes} 字节。请重新下载。`,
  'policy/safetensors-order': ({ origin, name, begin, expected }) =>
    `${origin}：张量“${name}”从第 ${begin} 字节开始，${begin < expected ? '与前一个张量重叠' : `空出了 ${begin - expected} 字节`}（应为 ${expected}）。请重新导出该文件。`,
  'policy/safetensors-more': ({ origin, end, more }) =>
    `${origin}：张量止于第 ${end} 字节，但后面还有 ${more} 字节。请重新下载或导出该文件。`,
  'policy/tensor-type': ({ origin, name, dtype }) =>
    `${origin}：张量“${name}”以 ${dtype} 存储；权重只从 F32、F16、BF16 和 F64 读取。请使用模型未量化的文件。`,
  'policy/tensor-to-write': ({ name, shape, needed, found }) =>
    `无法写出张量“${name}”：形状 [${shape.join(', ')}] 需要 ${needed} 个数，实有 ${found} 个。`,
};
