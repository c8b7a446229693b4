/** Folders of mail programs, from paths. */

/** The last folder of a mail's path, or the name of a file of many mails. */
export function folderOf(path: string, mbox: boolean): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== '');
  if (mbox) return (parts.at(-1) ?? '').replace(/\.(?:mbox|mbx|mbs)$/i, '');
  const folders = parts.slice(0, -1).filter((part) => !/^(?:cur|new|tmp|messages|\d)$/i.test(part));
  return (folders.at(-1) ?? '').replace(/^\.|\.(?:mbox|sbd)$/gi, '');
}
