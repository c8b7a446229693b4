/** Files that a visitor gives to the page. */
import type { TextsOf } from './types';
import { listed } from './words';

export const page: TextsOf<'page'> = {
  'page/adapter-files': ({ names, missing }) =>
    `适配器由 adapter_model.safetensors 和 adapter_config.json 组成；${names.length === 0 ? '没有给出文件，' : `${listed(names)} 中`}缺少 ${listed(missing)}。请选择这两个文件，或它们的 zip。`,
  'page/many-files': ({ most }) =>
    `拖入的文件超过 ${most} 个；没有模型有这么多文件。请拖入一个 GGUF 文件，或一个模型的文件夹。`,
  'page/no-run': ({ name }) =>
    `${name} 中没有运行：里面没有 metrics.jsonl。请给出本页面保存的运行 zip，或 npm run train 写出的整个文件夹。`,
  'page/run-address': ({ url, why }) =>
    `无法获取 ${url}：${
      why === 'unreachable'
        ? '主机无法访问，或不允许其他页面读取它的文件（CORS）'
        : `主机返回了状态码 ${why.status}`
    }。请自己下载这个文件，再拖到运行列表中。`,
  'page/run-known': ({ name }) =>
    `${name} 中的运行已经在这里了，每一步都相同。要从这个文件导入，请先删除已有的那个。`,
  'page/run-large': ({ name, bytes, most }) =>
    `${name} 有 ${bytes} 字节，而这里最多能加入 ${most} 字节的运行。请去掉其中的检查点和模型。`,
  'page/run-unreadable': ({ name }) => `${name} 中有运行记录，但没有一步能读出来。请给出原样写出的文件。`,
  'page/recorded': ({ file, status }) =>
    `无法获取录制的运行 ${file}：本页面的服务器返回了状态码 ${status}。请重新加载页面，或自己训练一次。`,
  'page/no-zip': ({ name }) => `${name} 不是可读的 zip 文件。请改为选择适配器的两个文件。`,
};
