/** Files from the visitor: let go over a zone, or chosen. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';

interface ZoneProps {
  readonly class?: string;
  /** Takes nothing now, as the buttons in it. */
  readonly disabled?: boolean;
  readonly onDrop: (data: DataTransfer) => void;
  readonly children: ComponentChildren;
}

export function DropZone({ class: name = '', disabled = false, onDrop, children }: ZoneProps): JSX.Element {
  const over = useSignal(false);
  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    over.value = false;
    if (event.dataTransfer !== null && !disabled) onDrop(event.dataTransfer);
  };
  return (
    <div
      class={`drop-zone ${name}${over.value ? ' is-over' : ''}`}
      onDragOver={(event) => {
        // Else the browser would open the file in the page's place.
        event.preventDefault();
        if (disabled && event.dataTransfer !== null) event.dataTransfer.dropEffect = 'none';
        over.value = !disabled;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={dropped}
    >
      {children}
    </div>
  );
}

interface ButtonProps {
  /** Of the input; unique in the page. */
  readonly id: string;
  readonly label: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Takes a folder with all that is in it. */
  readonly folder?: boolean;
  readonly disabled?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

export function FileButton({ id, label, folder = false, onFiles, ...input }: ButtonProps): JSX.Element {
  return (
    <>
      <input
        {...input}
        id={id}
        type="file"
        class="visually-hidden"
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // Emptied, so that the same file can be chosen again.
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <label class="button" for={id}>
        {label}
      </label>
    </>
  );
}
