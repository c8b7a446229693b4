/** Whose files lie in a run's folder. */
import type { DamagedCheckpoint, folders as english } from '../../../../../errors/texts/en/storage/folders';
import type { Tell } from '../../../../../errors/texts/types';
import { damagedWords, damageWords, indexWords } from '../damage';
import type { Like } from '../types';
import { listed, shownOfMany } from '../words';

const INDEX = 'runs.json';

const damagedCheckpoints = (damaged: readonly DamagedCheckpoint[], tell: Tell): string =>
  damaged.map(({ path, file }) => `${path}：${damagedWords(file, tell)}`).join('；');

export const folders: Like<typeof english> = {
  'storage/in-use-in-browser': ({ where }) =>
    `${where} 正被这个浏览器中的一次运行使用，也许在另一个标签页里；两次运行不能共用一个文件夹。请选择别的输出文件夹、等那次运行结束，或关闭它的标签页。`,
  'storage/in-use': ({ where, owner, seconds, minutes, lockFile }) =>
    `${where} 正被 ${owner} 使用（${seconds} 秒前还有动静），两次运行不能共用一个文件夹。请选择别的 outputDir，或等那次运行结束。如果它已经死了，它的锁在最后一次动静 ${minutes} 分钟后失效；也可以手动删除 ${lockFile}。`,
  'storage/lock-lost': ({ where, now }) =>
    `这次运行不再持有它的文件夹 ${where}：${'gone' in now ? `${now.gone} 不见了` : `${now.owner} 已接管`}。它在继续写入之前停止；已保存的内容都还在。等没有别的程序写入时，请用 resume=latest 继续。`,
  'storage/adapters-without-index': ({ where, adapters, index }) =>
    `${where} 中有某次运行的 ${shownOfMany(adapters)}，但它的 ${INDEX} ${indexWords(index)}。新的运行会覆盖它们。请用 resume=latest 继续那次运行，或选择别的 outputDir。`,
  'storage/no-checkpoint': ({ where, adapters }) =>
    `${where} 没有可以继续的检查点，只有 ${shownOfMany(adapters)}。请为新的运行选择别的 outputDir；这里的内容保持原样。`,
  'storage/no-whole-checkpoint': ({ where, index, damaged }, tell) =>
    `${where} 的 ${INDEX} ${indexWords(index)}，而且没有一个检查点是完整的（${damagedCheckpoints(damaged, tell)}）。没有改动任何内容。请把文件放回去，或为新的运行选择别的 outputDir。`,
  'storage/strangers': ({ where, names, index }) =>
    `${where} 中有 ${shownOfMany(names)}：这些是运行会写的名字，但没有运行的索引认领它们${index === null ? '' : `（${INDEX} ${indexWords(index)}）`}。程序不会动它们。请选择别的 outputDir，或把它们移走。`,
  'storage/file-came': ({ paths }) =>
    `运行正要写入 ${listed(paths)}，但它的文件夹中出现了不是它写的同名文件。请把该文件移走，然后继续运行。`,
  'storage/file-changed': ({ path, damage }, tell) =>
    `${path} 不是这个文件夹中的运行所写的内容：它${damageWords(damage, tell)}。没有改动任何内容。请把该文件移走，或为新的运行选择别的 outputDir。`,
};
