/** Why a file, a message or a question was left out: without a full stop, since reports put it behind a name. */
import type { reasons as english } from '../../../../../errors/texts/en/corpus/reasons';
import type { Like } from '../types';

export const reasons: Like<typeof english> = {
  'corpus/item-no-object': () => '该项不是 JSON 对象',
  'corpus/question-twice': ({ id }) => `它的 id ${id} 用了两次`,
  'corpus/question-mail-missing': ({ mail }) => `它的邮件 ${mail} 不在导入的邮件中`,
  'corpus/question-mail-hidden': ({ mail, inbox }) =>
    `它的邮件 ${mail} 既不是收件箱 ${inbox} 发出的，也不是发给它的`,
  'corpus/context-without-id': () => '它的上下文没有 Message-ID',
  'corpus/message-missing': ({ messageId, why }) =>
    why === null ? `它的邮件 <${messageId}> 不在导入的邮件中` : `它的邮件 <${messageId}> 未采用：${why}`,
  'corpus/mail-without-people': () => '它的邮件既没有发件人也没有收件人',
  'corpus/mail-without-date': () => '它的邮件没有日期',
  'corpus/file-too-large': ({ limit }) =>
    `这种格式的文件要整个读入，而它超过 ${limit} 字节；请拆分，或改用 mbox 或 JSON Lines`,
  'corpus/json-too-large': ({ limit }) =>
    `只有每行一个对象的 JSON 才能分段读取，而它超过 ${limit} 个字符；请写成 JSON Lines`,
  'corpus/line-too-long': ({ limit }) => `有一行超过 ${limit} 字节，邮件记录不会这么长`,
  'corpus/item-no-json': ({ reason }) => `该行不是 JSON（${reason}）`,
  'corpus/record-no-mail': () => '该记录既没有原始邮件也没有正文；应有 "message" 或 "body" 这样的字段',
  'corpus/message-empty': () => '该邮件没有发件人、收件人、主题和正文',
  'corpus/message-deleted': () => '该邮件在原邮箱中已被删除（X-Mozilla-Status）',
  'corpus/message-internal': () => '该邮件是邮件程序写给自己的记录',
  'corpus/message-unreadable': ({ reason }) => `该邮件无法读取（${reason}）`,
  'corpus/body-too-long': ({ length, limit }) => `正文有 ${length} 个字符，超过上限 ${limit}`,
  'corpus/too-many-recipients': ({ recipients, limit }) =>
    `该邮件有 ${recipients} 个收件人，超过上限 ${limit}`,
  'corpus/duplicate': ({ source }) => `与 ${source} 重复`,
  'corpus/id-taken': ({ id, source }) => `它的 id ${id} 已属于 ${source}`,
  'corpus/no-messages': () => '文件中没有邮件',
  'corpus/outlook-message': ({ reason }) =>
    `Outlook 邮件无法读取（${reason}）；请用 Outlook 打开后重新保存，或导出为 .eml`,
  'corpus/outlook-store': ({ reason }) =>
    `Outlook 数据文件无法读取（${reason}）；请用 Outlook 修复，或把邮件导出为 mbox 或 .eml`,
  'corpus/outlook-packed': () => 'Outlook 数据文件不能在压缩包内或 worker 之外读取；请解压后直接提供该文件',
  'corpus/archive-inside': () => '不打开压缩包里的压缩包；请先解压外层',
  'corpus/archive-empty': () => '压缩包里没有文件',
  'corpus/archive-broken': ({ reason }) => `压缩包无法解压（${reason}）；请重新下载或重新制作`,
  'corpus/archive-encrypted': () => '压缩包里的文件已加密；请先用密码解压',
  'corpus/archive-path': () => '压缩包里的路径指向包外，正常的压缩包不会这样',
  'corpus/archive-entries': ({ limit }) => `压缩包里的文件超过 ${limit} 个；其余的不读取`,
  'corpus/archive-bomb': ({ bytes, ratio, limit }) =>
    `解压后将有 ${bytes} 字节，是它自身大小的 ${ratio} 倍；邮件压缩后不会小于 ${limit} 分之一`,
  'corpus/cut-field': ({ name, limit }) => `邮件头 ${name} 超过 ${limit} 字节；其余部分已略去`,
  'corpus/cut-headers': ({ limit }) => `它的邮件头超过 ${limit} 字节；其余部分已略去`,
  'corpus/cut-text': ({ limit }) => `其中有一段文本超过 ${limit} 字节；其余部分已略去`,
  'corpus/cut-message': ({ limit }) => `它的文本合计超过 ${limit} 字节；其余部分已略去`,
  'corpus/file-empty': () => '文件是空的',
  'corpus/file-binary': () =>
    '文件是二进制的，不是邮件；应为原始邮件、mbox、Outlook 的 .msg 或 .pst、这些文件的 zip、JSON Lines 或 CSV',
  'corpus/no-mail-file': () =>
    '认不出是邮件；应为原始邮件（开头是邮件头）、mbox、JSON Lines，或首行为 file,message 这类列名的 CSV',
  'corpus/row-fields': ({ fields, columns }) => `该行有 ${fields} 个字段，而标题行有 ${columns} 个`,
};
