import type { PageTexts } from '../catalogue';

export const models: PageTexts['models'] = {
  title: '从 Hub 选择模型',
  note: '选中的模型在运行开始时从 Hub 获取，并保存在此浏览器中。“显存”只是权重在最小格式下的大小；“这次运行需要什么？”会说明一次运行实际占用多少，以及本设备是否放得下。',
  heads: ['模型', '参数量', '下载', '显存', '上下文', '许可证'],
  millions: (n) => `${n} 百万`,
  atLeast: (size) => `${size} 起`,
  gated: (licence) => `${licence}，需要令牌`,
  other: '其他模型：所有者/名称，或网址',
  example: '所有者/名称',
  use: '使用',
  plan: {
    ask: '这次运行需要什么？',
    asking: '正在查看模型和任务……',
    memory: ({ peak, weights, form, rest }) =>
      `本设备放得下：显存最多约 ${peak}（权重 ${weights}，格式 ${form}；其余最多 ${rest}）。`,
    stored: '无需下载：模型（至少一部分）已在此浏览器中。',
    download: (size) => `需一次性下载约 ${size} 的权重。`,
    downloadUnknown: '需一次性下载权重；开始下载时才知道大小。',
    noDownload: '不从别处获取模型。',
    time: (rollouts, time) => `各步共 ${rollouts} 条采样轨迹：按上一次同类运行，约需 ${time}。`,
    noTime: (rollouts) => `各步共 ${rollouts} 条采样轨迹；第一步之后才知道需要多久。`,
    context: (tokens) => `模型最多容纳 ${tokens} 个词元。`,
  },
};
