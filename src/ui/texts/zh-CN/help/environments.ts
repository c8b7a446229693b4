/** What the built-in environments say of themselves, and what every defined one has. */
import type { Help } from '../../catalogue';

const badToolCalls = {
  label: '出错的工具调用',
  description: 'end：无法执行的调用会结束回合。message：把错误告诉策略。',
};

const mail: Help['environments']['mail'] = {
  title: '检索邮箱',
  description: '回答关于某个收件箱中邮件的问题，可使用检索、阅读和作答的工具。',
  settings: {
    promptStyle: {
      label: '系统提示词',
      description: 'full：好几段说明。compact：一行。auto：按模型文件夹的要求。',
    },
    searchLimit: {
      label: '检索结果数',
      unit: '条',
      description: '一次检索最多返回多少条结果。0：按模型文件夹的提示，没有则为 10。',
    },
    snippetTokens: {
      label: '摘录长度',
      unit: '词',
      description: '每条检索结果的摘录有多少个词。0：按模型文件夹的提示，没有则为 15。',
    },
    search: {
      label: '检索方式',
      description:
        'exact：每个关键词都是一个短语，必须出现在主题或正文中。broad：英文单词的各种词形，带重音的字母，中文、日文、韩文和泰文，发件人和收件人的姓名；短语加引号。auto：导入的邮件用 broad，内置邮箱用 exact。',
    },
    searchOneMissing: {
      label: '允许缺一个词',
      description:
        '用于 broad 检索：没有邮件包含全部关键词时，返回只缺其中一个词的邮件，而不是什么也不返回。',
    },
    toolErrors: badToolCalls,
    rewardPreset: {
      label: '奖励',
      description:
        'default：失败的奖励从不高于成功。seed：原系统的规则，数值完全一致。simple：答对为 1，否则为 0。',
    },
  },
  metrics: {
    answer_correct: { label: '答案正确', description: '最终回答正确，或者放弃作答是正确的。' },
    sources_correct: { label: '来源正确', description: '回答指出了含有答案的邮件。' },
    num_turns: { label: '轮数', description: '一段对话中策略的轮数。' },
    attempted_answer: { label: '作出回答', description: '给出了不是“我不知道”的回答。' },
    ever_found_right_email: { label: '找到邮件', description: '某次检索显示了含有答案的邮件。' },
    ever_read_right_email: { label: '读到邮件', description: '读了含有答案的邮件。' },
    cant_parse_tool_call: { label: '无法解析', description: '有一轮没有工具调用。' },
    bad_tool_call_name: { label: '未知工具', description: '调用了不存在的工具。' },
    bad_tool_call_args: { label: '参数有误', description: '某次调用的参数不被工具接受。' },
    ran_out_of_turns: { label: '轮数用完', description: '轮数用完了，仍没有回答。' },
    returned_i_dont_know: {
      label: '“我不知道”',
      description: '以放弃作答结束的对话所占的比例；只有对无法回答的问题才算正确。',
    },
    num_sources: { label: '来源数', description: '被指为答案来源的邮件数。' },
    ever_tried_to_read_invalid_email: {
      label: '读不存在的邮件',
      description: '想读一封不存在的邮件。',
    },
    num_repeated_searches: { label: '重复检索', description: '同一段对话中已经做过的检索。' },
    num_zero_result_searches: { label: '空检索', description: '什么也没有找到的检索。' },
    repeated_zero_result_search: {
      label: '重复空检索',
      description: '把什么也没有找到的检索又做了一遍。',
    },
    num_unique_searches: { label: '不同的检索', description: '此前没有做过的检索。' },
    num_total_searches: { label: '检索次数', description: '一段对话中的检索次数。' },
    num_retry_after_zero: { label: '重新尝试', description: '什么也没有找到之后，换一种方式再检索。' },
    gave_up_too_early: { label: '过早放弃', description: '还有剩余轮数就放弃了作答。' },
  },
  rewards: {
    default: '奖励（默认）',
    seed: '奖励（原系统）',
    simple: '答案正确',
    format: '第一次调用的格式',
  },
  presets: {
    mailbox: {
      title: '真实邮箱',
      description:
        '用于真实的指令模型与自动生成的问题：先在一半问题上模仿专家，再用 GRPO 练习另一半。需要显卡，否则要几个小时。',
    },
    seed: {
      title: '原系统',
      description:
        '本系统所依照的 Python 系统的数值、奖励和逐动作优势。需要长上下文的模型；较短的模型按它自己的上限。',
    },
  },
};

export const environments: Help['environments'] = {
  mail,
  'mail-first-call': {
    title: '邮件，第一次调用',
    description:
      '每个关于邮件的问题只有一轮：第一次检索写得合乎格式就得到奖励。不执行调用，也不评判答案；simple 模式训练的就是它。',
  },
  guess: {
    title: '猜数字',
    description: '猜一个隐藏的数字：每猜一次，会得到“更大”或“更小”的回答。',
    settings: {
      levels: {
        label: '级别',
        description: '第 1 级的数字到 7，第 2 级到 15，第 3 级到 31，之后是 63、127 和 255。',
      },
      spareGuesses: {
        label: '多余的次数',
        description:
          '每次都把剩余范围减半时必定够用的次数（第 1 级为 3，每升一级多 1）之外，还可以多猜几次。总数不超过 maxTurns。',
      },
    },
    metrics: {
      guesses: {
        label: '猜测次数',
        description: '一个回合猜了多少次，包括猜中的那次。只要猜得中，越少越好。',
      },
      wastedGuesses: { label: '浪费的猜测', description: '一个回合中，已被先前的回答排除的猜测。' },
    },
    rewards: { right: '猜中', sensible: '合理的猜测' },
    presets: {},
  },
  rows: {
    title: '带答案的数据行',
    description: '问题来自 JSON Lines 或 Parquet 文件，每个问题一轮作答，并与该行的答案比较。',
    settings: {
      check: {
        label: '判定',
        description:
          '什么时候算答对。exact：与该行的答案相同，不计空格。number：回答中最后一个数与该行的数相同，误差不超过容差。contains：回答中含有该行的答案，且不在更长的词或数之内。pattern：正则表达式在回答中匹配。one-of：与该行答案列表中的某一个相同（exact）。',
      },
      answerForm: {
        label: '回答的格式',
        description:
          '在策略写的内容中（思考之后），答案在哪里。whole：全部。last-line：最后一个非空行。boxed：最后一个 \\boxed{} 中。hashes：最后一个 #### 之后到行尾。tag：最后一个 <answer></answer> 中。',
      },
      instruction: {
        label: '说明',
        description:
          '加到每个任务系统消息中的文字。auto：用一句话说明回答的格式，whole 时没有。none：什么也不加。',
      },
      tolerance: {
        label: '容差',
        description:
          '判定为 number 时：回答与该行的数最多可以相差多少，单位与该数相同。总是允许该数十亿分之一的误差。',
      },
      ignoreCase: { label: '忽略大小写', description: '在所有判定中，大写和小写字母视为相同。' },
      pattern: {
        label: '正则表达式',
        description:
          '判定为 pattern 时：RE2 语法的正则表达式（没有环视和反向引用），用于所有行；其中的 {answer} 代表该行的答案，逐字匹配。row：每行的答案就是它自己的表达式。',
      },
      promptColumn: {
        label: '问题列',
        description: '一行的问题在哪一列：文本或消息列表。用点号进入对象内部。',
      },
      answerColumn: {
        label: '答案列',
        description:
          '一行的答案在哪一列：文本、数、true 或 false；判定为 one-of 时是列表。用点号进入对象内部，例如 answers.text。',
      },
      rowAnswerForm: {
        label: '行中答案的格式',
        description:
          '在那一列的文本中，答案在哪里，取值同 answerForm：用于保存了解题过程的数据集，解题过程同时也充当专家。',
      },
      rewardPreset: {
        label: '奖励',
        description: 'default：答对得 1，格式符合要求得 0.1。right：只有答对才有奖励。',
      },
    },
    metrics: {
      answerFound: {
        label: '给出答案',
        description: '以要求的格式给出回答的采样轨迹所占的比例，不论对错。',
      },
    },
    rewards: { right: '答案正确', form: '回答的格式' },
    presets: {},
  },
  digit: {
    title: '说出数字',
    description: '说出问题中的那个数字，不要写别的。默认奖励按提到它的次数计算，因此可以被钻空子。',
    settings: {},
    metrics: {},
    rewards: { mentions: '提到该数字的次数', exact: '只写该数字' },
    presets: {},
  },
};

export const automatic: Help['automatic'] = {
  settings: {
    toolTimeout: {
      label: '工具超时',
      unit: '秒',
      description:
        '工具、判定或奖励的一次调用最多可用的时间。工具超时会结束它的回合；奖励超时则把该采样轨迹排除在组外。运行会继续。',
    },
    toolErrors: badToolCalls,
    rewardPreset: { label: '奖励', description: '奖励各部分的一套权重。' },
  },
  metrics: {
    tool_calls: { label: '工具调用', description: '一个回合中的调用，不论好坏。' },
    bad_calls: {
      label: '出错的调用',
      description: '一个回合中无法执行的调用：没有这个工具，或参数不合适。',
    },
    tool_errors: { label: '工具故障', description: '一个回合中，工具自己抛出错误或超时的调用。' },
    shortened_results: {
      label: '被截短的结果',
      description: '一个回合中，为放进上下文而截短的结果。',
    },
  },
  rewards: { success: '成功' },
};
