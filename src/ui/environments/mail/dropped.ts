/** Files that were let go over the page. */

export interface PickedFile {
  readonly path: string;
  readonly file: File;
}

/** Those inside dropped folders included. */
export async function droppedFiles(data: DataTransfer): Promise<PickedFile[]> {
  // Entries must be taken before the first await: the transfer is emptied after the event.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ path: file.name, file }));
  const found: PickedFile[] = [];
  for (const entry of entries) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  if (entry instanceof FileSystemFileEntry) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
  } else if (entry instanceof FileSystemDirectoryEntry) {
    const reader = entry.createReader();
    // readEntries answers in portions and ends with an empty one.
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (part.length === 0) break;
      for (const child of part) await collect(child, found);
    }
  }
}
