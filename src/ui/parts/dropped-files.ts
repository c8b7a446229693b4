/** Files that were let go over the page or chosen, those in folders too. */
import { PageError } from '../page-error';

export interface PickedFile {
  /** With the names of the folders that it was found in. */
  readonly path: string;
  readonly file: File;
}

/**
 * To be called in the handler of the drop itself: what was dropped is gone after it.
 * @param most files that are walked before it is clear that something else was meant
 * @throws PageError when there are more; DOMException of the browser for what cannot be read
 */
export async function droppedFiles(data: DataTransfer, most = Infinity): Promise<PickedFile[]> {
  const items = [...data.items].filter(({ kind }) => kind === 'file');
  // What comes from elsewhere than the disk has no entry, but is a file.
  const dropped = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: PickedFile[] = [];
  for (const one of dropped) {
    if (one instanceof File) found.push({ path: one.name, file: one });
    else if (one !== null) await collect(one, found, most);
  }
  return found;
}

/** Files of an input, which tells their paths where a folder was chosen. */
export const chosenFiles = (files: readonly File[]): PickedFile[] =>
  files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));

async function collect(entry: FileSystemEntry, found: PickedFile[], most: number): Promise<void> {
  if (entry.isFile) {
    if (found.length >= most) throw PageError.of('page/many-files', { most });
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader hands over some at a time, and nothing when there is no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const one of some) await collect(one, found, most);
  }
}
