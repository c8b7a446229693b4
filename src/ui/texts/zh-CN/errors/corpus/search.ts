/** Searching mail. */
import type { search as english } from '../../../../../errors/texts/en/corpus/search';
import type { Like } from '../types';

export const search: Like<typeof english> = {
  'corpus/search-no-inbox': () => '检索没有指定收件箱。请给出要检索的地址。',
  'corpus/search-max-results': ({ found, most }) =>
    `检索的 max_results 为 ${found}。请给出 1 到 ${most} 的整数。`,
  'corpus/search-no-keywords': () => '检索没有关键词。请给出至少含一个词或短语的列表。',
  'corpus/search-keywords': ({ found, most }) => `检索有 ${found} 个关键词。最多可以有 ${most} 个。`,
  'corpus/search-keyword-blank': ({ keyword }) =>
    `检索的关键词 ${JSON.stringify(keyword)} 没有字母或数字。请给出词或短语。`,
  'corpus/search-keyword-long': ({ length, most }) =>
    `检索的一个关键词有 ${length} 个字符。最多可以有 ${most} 个。`,
  'corpus/search-date': ({ name, found }) =>
    `检索的 ${name} 为 ${JSON.stringify(found)}。请给出 YYYY-MM-DD 形式的真实日期。`,
  'corpus/search-no-text': ({ name, type }) => `检索的 ${name} 的类型是 ${type}。请给出文本。`,
  'corpus/sqlite-loaded': () =>
    'useSqliteWasm 是在 SQLite 加载之后调用的。请在第一次 createMailStore 之前调用。',
  'corpus/sqlite-not-loaded': ({ reason }) =>
    `SQLite（sqlite3.wasm）无法加载：${reason}。请检查网站是否提供 sqlite3.wasm，或把它的 URL 交给 useSqliteWasm。`,
  'corpus/snippet-tokens': ({ found }) => `要求的摘录为 ${found} 个词。请给出 1 到 64 的整数。`,
  'corpus/mail-id-empty': () => '有一封邮件的 id 是空的。请给每封邮件唯一的 id。',
  'corpus/two-mails': ({ id }) => `有两封邮件的 id 都是 ${id}。请给每封邮件唯一的 id。`,
  'corpus/store-closed': ({ action }) =>
    `邮件库在 close() 之后又被要求${action === 'search' ? '检索' : '读取'}。请新建一个邮件库。`,
};
