/** Chat templates and tokenizers. */
import type { chat as english, SeamFault } from '../../../../../errors/texts/en/policy/chat';
import type { Like } from '../types';
import { listed } from '../words';

const SEAM_FAULTS: Readonly<Record<Extract<SeamFault, string>, string>> = {
  'no-system-prompt': '它略去了系统提示词',
  'no-question': '它略去了用户的问题',
  'no-tools': '它没有把工具写进提示词',
  'no-arguments': '它没有把工具的参数写进提示词',
  'no-earlier-turn': '它略去了助手在前面轮次中说的话',
  'no-results': '它略去了工具结果',
  'no-end-before-result': '在调用与结果之间，它没有写结束一轮的词元',
  'prompt-changes': '后面有回答时，它会把提示词写成另一个样子',
  'opening-changes': '下一轮的开头会改变它前面的文本',
  'result-changes': '后面还有轮次时，它会把工具结果写成另一个样子',
  'results-rewritten': '它会改写工具结果',
  'tokens-depend': '一轮末尾的词元取决于周围的文本',
};

function seamWords(fault: SeamFault): string {
  if (typeof fault === 'string') return SEAM_FAULTS[fault];
  if ('refused' in fault) return `它拒绝这样的对话（${fault.refused}）`;
  if ('noEnd' in fault) {
    return `在助手的内容之后它写的是 ${JSON.stringify(fault.noEnd)}，不是结束一轮的词元`;
  }
  return `它写调用的形式是 MailGym 不读的（${fault.unreadCall}）`;
}

export const chat: Like<typeof english> = {
  'policy/no-template': ({ origin }) =>
    `${origin}：模型没有对话模板（tokenizer_config.json 中没有 "chat_template"，也没有 chat_template.jinja），因此无法进行带工具的对话。请使用指令微调过的模型。`,
  'policy/no-day': ({ date }) => `“${date}”不是日期。请写成 YYYY-MM-DD。`,
  'policy/template': ({ origin, own, inPrompt }) =>
    `${origin}：对话模板不允许带工具的对话逐词元增长：${[
      ...(own === null ? [] : [seamWords(own)]),
      ...(inPrompt === null ? [] : [`把工具写进系统提示词时，${seamWords(inPrompt)}`]),
    ].join('；')}。训练需要只追加内容的模板；请换一个模型，或换一个模板（chat_template.jinja）。`,
  'policy/template-refuses': ({ origin, roles, reason }) =>
    `${origin}：对话模板拒绝由 ${listed(roles)} 组成的对话（${reason}）。请使用模板支持系统提示词和工具的模型。`,
  'policy/tokenizer': ({ origin, reason }) =>
    `${origin}：transformers.js 无法使用 tokenizer.json 和 tokenizer_config.json（${reason}）。请使用模型自带的、由新版 transformers 保存的文件。`,
  'policy/no-object': ({ origin, path }) => `${origin}：${path} 必须是一个对象。请使用模型自带的文件。`,
  'policy/no-tokens': ({ text }) =>
    `分词器没有“${text}”中某些字符的词元，也没有未知词元。请使用分词器以字节为单位的模型。`,
};
