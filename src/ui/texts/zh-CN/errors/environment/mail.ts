/** Questions of visitors' about mail, and its import. */
import type { mail as english } from '../../../../../errors/texts/en/environment/mail';
import type { Like } from '../types';

export const mail: Like<typeof english> = {
  'environment/import-stopped': () => '导入已停止。以前导入的内容都还在。',
  'environment/making-stopped': () => '生成问题已停止。问题保持原样。',
  'environment/no-date': ({ found }) => `“${found}”不是日期。请把提问的日期写成 YYYY-MM-DD。`,
  'environment/no-first-turn': () => '邮件环境没有第一轮。',
  'environment/question-empty': () => '问题是空的。请写一个，或选择一个。',
  'environment/no-inbox': () => '没有选择收件箱。请选择要检索哪个地址的邮件。',
};
