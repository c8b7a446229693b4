/** A visitor's own mailbox in the page, and the questions in it. */
import type { mailbox as english } from '../../../../../errors/texts/en/corpus/mailbox';
import type { Like } from '../types';

export const mailbox: Like<typeof english> = {
  'corpus/no-mailbox': () => '这个浏览器里没有保存邮件。请先放入邮件。',
  'corpus/mailbox-file': ({ file }) => `保存的邮件缺少文件 ${file}。请删除这个浏览器里的邮件，然后重新放入。`,
  'corpus/questions-before-mail': ({ file }) =>
    `${file} 中有问题，但还没有这些问题所涉及的邮件。请先放入邮件，或两者一起放入。`,
  'corpus/no-address': ({ found }) => `“${found}”不是邮件地址。请写成 me@home.example 这样的地址。`,
  'corpus/own-question-blank': () => '一个问题需要问题文字和答案。请把两者都填上。',
  'corpus/own-question-twice': () => '已经有这个问题了。请直接修改已有的那个。',
  'corpus/own-question-gone': () => '这个问题已经不在了。请选择另一个。',
  'corpus/own-question-no-mail': () =>
    "没有选择含有答案的邮件。请用检索找到并选择它，或把答案写成 I don't know。",
  'corpus/own-question-no-id': () => '这封邮件没有 Message-ID，而问题要靠它指明邮件。请选择另一封邮件。',
  'corpus/own-question-no-inbox': () =>
    '不知道要检索谁的邮箱。请说明这是谁的邮件，或选择一封有收发件人的邮件。',
};
