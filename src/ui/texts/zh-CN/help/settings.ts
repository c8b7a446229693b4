/** Help of the settings that every run has. */
import type { Help } from '../../catalogue';

export const groups: Help['groups'] = {
  Task: '任务',
  'Warm start': '热启动',
  Rollout: '采样',
  'Reward and advantage': '奖励与优势',
  Objective: '目标函数',
  Optimiser: '优化器',
  Adapter: '适配器',
  'Evaluation and stopping': '评测与停止',
  Files: '文件',
};

export const presets: Help['presets'] = {
  default: {
    title: '默认',
    description: '在内置任务上训练内置模型：在真正的 GPU 上，大约一百步就能看到明显上升。',
  },
  quick: {
    title: '快速',
    description: '十来个小步就已能看到上升，适合软件渲染的 GPU 和初次体验。',
  },
  smoke: {
    title: '冒烟测试',
    description: '两个极小的步，每个动作的值固定，组没有门槛：只为确认一切都能运行。',
  },
};

export const settings: Help['settings'] = {
  environment: {
    label: '环境',
    description: '要求策略做什么：内置环境的 id；在命令行中也可以是定义环境的文件的路径。',
  },
  mode: {
    label: '模式',
    description:
      '哪些词元参与学习。masked：只有策略采样出的词元。rollout：第一段提示词之后的所有词元，包括工具结果，供对比用。simple：每个问题只生成一次，不用工具，只按格式给奖励。',
  },
  model: {
    label: '模型',
    description:
      '训练前的策略：public/models 下的文件夹名、URL 前缀，或 hub:<owner>/<name>（后面可加 @<revision> 以及 /<folder> 或 /<file>.gguf）；在命令行中也可以是路径。',
  },
  dataset: {
    label: '数据集',
    description:
      '环境的任务从哪里来：public/datasets 下的文件夹名；imported 表示交给页面的文件；在命令行中也可以是路径；自己生成任务的环境用 built-in。',
  },
  trainDatasetSize: {
    label: '训练题数',
    unit: '题',
    description: '最多使用训练集中的多少个问题；训练集较小时全部使用。',
  },
  evalDatasetSize: {
    label: '评测题数',
    unit: '题',
    description: '一次评测最多问验证集或测试集中的多少个问题；每次都是相同的问题。',
  },
  warmStartEpisodes: {
    label: '专家回合数',
    unit: '回合',
    description: '在 GRPO 之前先学习环境专家的多少个回合；只训练专家写的内容。0：不做热启动。',
  },
  warmStartFile: {
    label: '对话文件',
    description:
      '在 GRPO 之前学习的 JSON Lines 对话文件，采用 OpenAI 和 TRL 的格式（带 tool_calls 的 messages，或 prompt 与 completion）；none 表示没有文件。',
  },
  warmStartEpochs: {
    label: '热启动遍数',
    unit: '遍',
    description: '热启动中每段对话看几遍。',
  },
  warmStartBatchSize: {
    label: '热启动批次',
    unit: '段对话',
    description: '一个监督步包含的对话数。',
  },
  warmStartLearningRate: {
    label: '热启动学习率',
    description: '第一个监督步的学习率；随后线性降到十分之一。',
  },
  maxSteps: {
    label: '步数',
    unit: '步',
    description: '本次运行的训练步数：每步先对一批问题采样，再据此更新。',
  },
  batchSize: {
    label: '每步问题数',
    unit: '题',
    description: '每步提出的问题数；每个问题构成一组采样轨迹。',
  },
  numGenerations: {
    label: '每题采样数',
    unit: '条',
    description: '组的大小：对同一个问题尝试多少次，这些尝试互相比较。',
  },
  dynamicSampling: {
    label: '动态采样',
    unit: '题',
    description:
      '一步中最多再问多少个问题，用来替换什么也教不了的组（DAPO）；每次补足所缺的数目。0：不替换这样的组。',
  },
  curriculum: {
    label: '课程',
    description:
      'none：从第一步起就用所有问题。easy-first：先用最容易的一级，再一级一级增加。没有分级的数据集只有一级。',
  },
  curriculumShare: {
    label: '课程长度',
    description: 'easy-first 在 maxSteps 的多大比例之后开始使用所有级别的问题。',
  },
  learningRate: {
    label: '学习率',
    description: 'AdamW 的最大步长。小模型的适配器可用的学习率远大于大模型常用的 1e-5。',
  },
  lrSchedule: {
    label: '学习率调度',
    description: '预热之后学习率怎样下降。linear 和 cosine 最终降到峰值的 10%。',
  },
  warmupSteps: {
    label: '预热',
    unit: '步',
    description: '学习率分多少步匀速升到峰值。',
  },
  weightDecay: {
    label: '权重衰减',
    description: 'AdamW 的解耦权重衰减，作用于适配器。',
  },
  maxGradNorm: {
    label: '梯度裁剪',
    description: '范数超过此值的梯度会被缩小到此值。',
  },
  maxSkippedUpdates: {
    label: '跳过的更新',
    unit: '次（连续）',
    description: '损失或梯度不是有限数的更新会被跳过；连续跳过的次数超过此值时运行结束。0：第一次就结束。',
  },
  klReference: {
    label: 'KL 参考',
    description:
      'KL 散度相对于什么。start：GRPO 开始时的策略，即热启动之后。bare：不带适配器的模型。没有热启动时两者相同。',
  },
  beta: {
    label: 'KL 权重（beta）',
    description: '与不带适配器的模型之间的散度（k3 估计）的权重；设为 0 可省去那次前向计算。',
  },
  epsilonLow: {
    label: '下侧裁剪（epsilon）',
    description: '新旧概率之比最低按 1 − epsilonLow 计。',
  },
  epsilonHigh: {
    label: '上侧裁剪（epsilon）',
    description:
      '新旧概率之比最高按 1 + epsilonHigh 计。当 lossType 为 cispo 时：最高按 epsilonHigh 本身计，那里通常取 5。',
  },
  delta: {
    label: '坏词元的上侧裁剪（delta）',
    description:
      '优势为负时，概率比最高按此值计（双侧裁剪）。必须大于 1 + epsilonHigh。0：没有这个上限。对 grpo、bnpo、dapo 和 dr_grpo 有效。',
  },
  sapoTemperaturePos: {
    label: 'SAPO 温度，好词元',
    description: '当概率比偏离 1 时，sapo 以多快的速度减弱优势为正的词元。值越大，减弱得越快。',
  },
  sapoTemperatureNeg: {
    label: 'SAPO 温度，坏词元',
    description: '同上，用于优势为负的词元。',
  },
  importanceSamplingLevel: {
    label: '概率比的单位',
    description:
      '哪些词元共用一个新旧概率之比：每个词元各自；或者一轮、一整条采样轨迹中所有训练词元的几何平均（sequence 配合 lossType grpo 即 GSPO）。除 token 外都要多做一次前向计算。',
  },
  topEntropyQuantile: {
    label: '犹豫词元的比例',
    description:
      '一步的训练词元中，只有熵最高的这部分受策略损失影响；通常取 0.2。KL 和熵奖励作用于全部词元。小于 1 时要多做一次前向计算。',
  },
  entropyCoef: {
    label: '熵奖励',
    description: '奖励犹豫的词元，使探索得以继续。0 表示不用。',
  },
  lossType: {
    label: '损失',
    description:
      '词元的权重：grpo 先在每条采样轨迹内平均，再对批次平均；bnpo 在微批次的词元上平均；dapo 在整步的词元上平均；dr_grpo 除以最长可能的输出长度。cispo（权重同 dapo）给概率比封顶，但每个词元都参与学习；sapo（权重同 grpo）以逐渐减弱代替裁剪。',
  },
  scaleRewards: {
    label: '优势缩放',
    description: '优势除以组内奖励的标准差（group）、这一步所有保留组的标准差（batch），或者不除（none）。',
  },
  numIterations: {
    label: '每步更新次数',
    unit: '次',
    description: '在相同采样轨迹上做多少次优化器更新；从第二次起，裁剪过的概率比才起作用。',
  },
  microBatchTokens: {
    label: '微批次',
    unit: '词元',
    description: '一次前向和反向计算包含的不同词元数。越小越省 GPU 内存；结果相同。',
  },
  maxTurns: {
    label: '轮数',
    unit: '轮',
    description: '一个回合最多包含多少轮助手发言；最后一轮必须给出回答。',
  },
  maxTokens: {
    label: '每轮词元数',
    unit: '词元',
    description: '策略在一轮中最多可写多少个词元。',
  },
  maxSeqLength: {
    label: '上下文',
    unit: '词元',
    description: '整段对话的词元数，包括提示词和工具结果；不超过模型自身的上限。',
  },
  thinking: {
    label: '思考',
    description:
      '会思考的模型在每轮之前是否先思考（对话模板中的 enable_thinking）。关闭的理由：思考内容很难放进智能体的短轮次（maxTokens），而被截断的思考里的调用不算调用。',
  },
  chatTemplateArguments: {
    label: '模板参数',
    description:
      '对话模板的其他变量，写成 JSON 对象，例如 {"reasoning_effort": "low"}；优先于“思考”设置。none 表示没有。见 docs/models.md。',
  },
  templateDate: {
    label: '提示词中的日期',
    description:
      '会写日期的对话模板写入提示词的日期，格式 YYYY-MM-DD；从不使用运行当天，这样评测和续训看到的词元才相同。',
  },
  readSlips: {
    label: '容忍类型笔误',
    description:
      '参数类型不对但意思明显时照样读取：把 "5" 当作 5，把单个词或 JSON 文本当作列表。它们会被计数（typeSlips）。关闭时算作错误的参数。',
  },
  temperature: {
    label: '温度',
    description: '采样和损失中都用它去除 logits。小于 1 更确定。',
  },
  topP: {
    label: 'Top-p',
    description: '只从合计占有这么多概率的最可能词元中采样。1 表示全部保留。',
  },
  topK: {
    label: 'Top-k',
    unit: '词元',
    description: '只从最可能的这么多个词元中采样。0 表示全部保留。',
  },
  minP: {
    label: 'Min-p',
    description: '去掉概率低于最可能词元这一比例的词元。0 表示全部保留。',
  },
  loraR: {
    label: 'LoRA 秩',
    description: '适配器矩阵的内部维度。',
  },
  loraAlpha: {
    label: 'LoRA 缩放系数（alpha）',
    description: '适配器按 alpha / 秩 的倍数起作用。',
  },
  loraTargets: {
    label: 'LoRA 目标',
    description: '哪些投影层带适配器，用逗号分隔。',
  },
  baseWeights: {
    label: '基座权重',
    description:
      '冻结的权重在 GPU 上以什么形式保存，训练、评测和采样都一样。f16、int8 和 int4 每个权重占 16、9 和 5 位，而不是 32 位（词嵌入和输出层在这三种形式中都是 16 位）；此时策略就是取整后的模型。auto：f32 不超过 1200 MB 时用 f32，否则用 f16，再不行就用运行放得下的下一个更小的形式；运行会注明用了哪种。',
  },
  cacheMegabytes: {
    label: '键值缓存',
    description:
      '采样时键和值最多占用的 GPU 内存（所有层合计），之后也是一次更新保留各层内容的上限。占满时，采样轨迹互相等待，各层要计算两遍；结果相同。',
  },
  cacheType: {
    label: '键值精度',
    description:
      '采样时键和值以什么形式保存。f16 只占一半内存，因此一次可以采样两倍的词元；此时采样词元的对数概率与训练时算出的约相差千分之一。',
  },
  rewardWeights: {
    label: '奖励权重',
    description:
      '奖励各部分的权重，写成 部分=权重，用逗号分隔；没有写出的部分权重为 0。auto：用 rewardPreset 的权重。',
  },
  rewardAggregation: {
    label: '奖励合成',
    description:
      'sum_then_normalize：各部分加权求和后在组内比较。normalize_then_sum：每个部分先在组内比较并缩放，再加权（GDPO），这样任何部分都不会盖过其他部分；此时 scaleRewards 不起作用。',
  },
  advantage: {
    label: '优势',
    description:
      'trajectory：一条采样轨迹的奖励与同组相比。action：原系统中每个动作的固定值。mixed：两者结合，在组内比较。',
  },
  advantageMix: {
    label: '结果所占比例',
    description: '优势为 mixed 时结果的权重；其余归动作。',
  },
  minGroupStd: {
    label: '组的最小离散度',
    unit: '奖励',
    description: '奖励标准差更小的组什么也教不了，会被丢弃并计数；dynamicSampling 会替换它们。',
  },
  maskTruncated: {
    label: '忽略被截断的轨迹',
    description: '不从碰到词元上限的采样轨迹中学习。',
  },
  evalSteps: {
    label: '评测间隔',
    unit: '步',
    description: '每隔多少步在验证集上评测一次。0：只在最后一步之后评测。',
  },
  evalTemperature: {
    label: '评测温度',
    description: '采样式评测的温度。0：总是取最可能的词元。',
  },
  evalTries: {
    label: '每题尝试次数',
    unit: '次',
    description:
      '单独评测模型时，每个问题采样几次；大于 1 时给出 pass@k 以及各次回答的一致程度。训练中的评测只做一次。',
  },
  saveSteps: {
    label: '保存间隔',
    unit: '步',
    description: '每隔多少步保存一个检查点。0：只在评测时和结束时保存。',
  },
  keepCheckpoints: {
    label: '保留的检查点',
    unit: '个',
    description: '更早的检查点会被删除；best_model 和 final 保留。0 表示全部保留。',
  },
  saveRollouts: {
    label: '保存采样轨迹',
    description: '把每条采样轨迹写入 rollouts.jsonl：对话、奖励、词元。每条约 10 kB；见 docs/traces.md。',
  },
  targetAccuracy: {
    label: '目标准确率',
    description: '评测答对的比例达到此值时，运行结束。',
  },
  patience: {
    label: '耐心',
    unit: '次评测',
    description: '连续这么多次评测准确率都没有提高时，运行结束。0：从不。',
  },
  runBaselineEval: {
    label: '基线评测',
    description: '在第一步之前评测未经训练的模型。',
  },
  resume: {
    label: '断点续训',
    description: '重新开始，或从 outputDir 的检查点继续：最后一个、最佳模型的那个，或第 N 步的那个。',
  },
  seed: {
    label: '随机种子',
    description: '所有随机性都由它决定：相同的种子，两次运行的数字相同。',
  },
  outputDir: {
    label: '输出文件夹',
    description: '适配器、指标和日志存放的位置；<mode> 代表模式。在页面中即浏览器的存储。',
  },
  hubEndpoint: {
    label: 'Hub 地址',
    description: '读取 hub:<owner>/<name> 的服务器地址：Hugging Face Hub 或它的镜像。',
  },
  offline: {
    label: '离线',
    description: '只使用以前下载过的模型，不访问任何服务器；没有下载过的会被拒绝。',
  },
  downloadTimeout: {
    label: '下载超时',
    unit: '秒',
    description: '这么久没有收到数据的下载会从断开处重试。',
  },
  verbose: {
    label: '详细日志',
    description: '把每条采样轨迹、每个组和每次更新都写入日志。',
  },
};
