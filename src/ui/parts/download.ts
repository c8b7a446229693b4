/** Hands bytes to the browser's download. */
export function download(name: string, bytes: Uint8Array, type: string): void {
  downloadBlob(name, new Blob([new Uint8Array(bytes)], { type }));
}

/** As {@link download}, for what may be too large for the page's memory. */
export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has taken its own reference by then; revoking at once cancels it in some browsers.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** File System Access, which TypeScript's DOM library lacks and only some browsers have. */
interface Picker {
  showDirectoryPicker(options: {
    readonly id: string;
    readonly mode: 'readwrite';
  }): Promise<FileSystemDirectoryHandle>;
}

/** A folder that the visitor chooses now; null where the browser has no such thing. @throws AbortError for none chosen */
export async function exportFolder(): Promise<FileSystemDirectoryHandle | null> {
  const { showDirectoryPicker } = window as Partial<Picker>;
  return (await showDirectoryPicker?.({ id: 'mailgym-export', mode: 'readwrite' })) ?? null;
}
