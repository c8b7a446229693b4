import type { PageTexts } from '../../catalogue';

export const lessonReal: PageTexts['lessonReal'] = {
  steps: {
    memory: {
      title: '需要多少内存？',
      text: '内置模型有 120 万个权重。一个小的真实模型有 5 亿个。这些权重保持不变，训练的只是旁边的适配器。',
      ask: '每个权重 4 字节，真实模型的权重要占多少内存？',
      options: ['大约 0.02 GB', '大约 2 GB', '大约 200 GB'],
      press: '运行两小步',
    },
    model: {
      title: '选择模型',
      text: '页面上标出的部分可以放入你自己的模型：一个 GGUF 文件，或者 Hugging Face Hub 上那种文件夹。不会发送到任何地方。Hub 上的模型写在“模型”这项设置里，例如 hub:HuggingFaceTB/SmolLM2-135M-Instruct，按下“开始训练”后才会下载。',
    },
    changes: {
      title: '什么变，什么不变',
      text: '掩码、组、优势、裁剪和 KL 都不变。模型越大，步子越小（学习率 0.00001 到 0.0001），回答越长，每个词元占的内存也越多。',
      ask: '一个真实模型在你的任务上每次都失败。GRPO 能学到什么？',
      options: ['会慢慢变好', '什么也学不到', '很多步之后会变好'],
    },
    own: {
      title: '你自己的任务',
      text: '一个任务就是一个文件：问题、工具、奖励。把它拖到页面上标出的部分，或者从 docs/environments.md 中的例子开始。相信结果之前：比较几个随机种子，把测试题单独留出来，读一读对话，再找找奖励中的漏洞。',
    },
  },
  memory: ({ all, weights, activations }) =>
    `你的运行在 GPU 上计划用 ${all}：权重 ${weights}，计算过程 ${activations}，其余是适配器和缓存。`,
  scaled: ({ f32, int4 }) => `5 亿个权重占 ${f32}；每个压缩到大约 5 比特（设置“基座权重”）则占 ${int4}。`,
  start:
    '每次都错，意味着奖励都一样，所有的组都会被丢弃。所以运行可以先从专家的例子开始（热启动），或者从更容易的问题开始。',
};
