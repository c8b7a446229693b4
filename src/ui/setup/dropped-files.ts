/** Files that were let go over the page, those in folders too. */
import type { GivenFile } from '../../../workers/api';

/** More files than any model has; a whole disk is no model. */
const MOST_FILES = 2000;

/** To be called in the handler of the drop itself: what was dropped is gone after it. */
export async function droppedFiles(data: DataTransfer): Promise<GivenFile[]> {
  const items = [...data.items].filter(({ kind }) => kind === 'file');
  // What comes from elsewhere than the disk has no entry, but is a file.
  const dropped = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: GivenFile[] = [];
  for (const one of dropped) {
    if (one instanceof File) found.push({ path: one.name, content: one });
    else if (one !== null) await collect(one, found);
  }
  return found;
}

/** Files of an input, which tells their paths where a folder was chosen. */
export const chosenFiles = (files: readonly File[]): GivenFile[] =>
  files.map((file) => ({ path: file.webkitRelativePath || file.name, content: file }));

async function collect(entry: FileSystemEntry, found: GivenFile[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const content = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path: entry.fullPath.replace(/^\//, ''), content });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader hands over some at a time, and nothing when there is no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const one of some) await collect(one, found);
  }
}
