/** A button that asks once more in its own place before anything is removed. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../texts';

interface Props {
  readonly onDelete: () => void;
  /** Of the first button, where it removes more than one thing. */
  readonly label?: string;
  readonly question?: string;
  readonly disabled?: boolean;
}

export function DeleteButton({ onDelete, label, question, disabled = false }: Props): JSX.Element {
  const asks = useSignal<boolean | null>(null);
  const focus = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    // Who opened the question is led to the way back, and who took that to where it began.
    if (asks.value !== null) focus.current?.focus();
  }, [asks.value]);
  const confirmed = (): void => {
    // What comes in the place of what was removed is not asked about.
    asks.value = null;
    onDelete();
  };
  return (
    <span class="button-row">
      {asks.value === true ? (
        <>
          <span>{question ?? t.storage.deleteForGood}</span>
          <button key="delete" type="button" class="quiet" onClick={confirmed}>
            {t.storage.delete}
          </button>
          <button key="keep" type="button" class="quiet" ref={focus} onClick={() => (asks.value = false)}>
            {t.storage.keep}
          </button>
        </>
      ) : (
        <button
          key="first"
          type="button"
          class="quiet"
          ref={focus}
          disabled={disabled}
          onClick={() => (asks.value = true)}
        >
          {label ?? t.storage.delete}
        </button>
      )}
    </span>
  );
}
