/** A trained model in the forms that other programs load, each with its size before it is made. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { ExportRequest } from '../../../workers/api';
import { bytes } from '../format';
import type { ExportFormat, ExportType } from '../../settings/choices';
import { usePage } from '../page';
import { t } from '../texts';

type Form = readonly [format: Exclude<ExportFormat, 'peft'>, type: ExportType];

const FORMS: readonly Form[] = [
  ['gguf', 'q8_0'],
  ['gguf', 'f16'],
  ['safetensors', 'bf16'],
  ['safetensors', 'f16'],
  ['gguf-adapter', 'f16'],
  ['onnx', 'q4'],
  ['onnx', 'fp16'],
  ['onnx', 'fp32'],
];

interface Props {
  readonly outputDir: string;
  readonly which: string;
}

export function ExportPanel(props: Props): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        {t.storage.export}
      </button>
      {isOpen.value && <Exporting key={`${props.outputDir}/${props.which}`} {...props} />}
    </>
  );
}

function Exporting({ outputDir, which }: Props): JSX.Element {
  const { runner, derived } = usePage();
  const id = useId();
  const chosen = useSignal(0);
  const anyTokenizer = useSignal(false);
  /** In bytes, once it is known. */
  const size = useSignal<number | 'measuring' | 'failed'>('measuring');
  const progress = useSignal<{ readonly done: number; readonly total: number } | null>(null);
  const said = useSignal<readonly string[]>([]);
  const request = (): ExportRequest => {
    const [format, type] = FORMS[chosen.value] as Form;
    return { outputDir, which, format, type, anyTokenizer: anyTokenizer.value };
  };
  useSignalEffect(() => {
    const own = new AbortController();
    size.value = 'measuring';
    void runner.exportSize(request(), own.signal).then((found) => {
      if (!own.signal.aborted) size.value = found ?? 'failed';
    });
    // A model may be on its way for it, which nobody wants any more after another choice or when this is closed.
    return () => own.abort();
  });
  const start = (): void => {
    said.value = [];
    progress.value = { done: 0, total: 0 };
    // Progress comes by a port of its own: the last of it may come after the end.
    let isOver = false;
    const follow = (done: number, total: number): void => {
      if (!isOver) progress.value = { done, total };
    };
    void runner
      .exportModel(request(), follow)
      .then((lines) => (said.value = lines ?? []))
      .finally(() => {
        isOver = true;
        progress.value = null;
      });
  };
  const [format] = FORMS[chosen.value] as Form;
  return (
    <div class="export" role="group" aria-label={t.storage.exportOf(`${outputDir}/${which}`)}>
      <div class="button-row">
        <select
          aria-label={t.storage.exportAs}
          disabled={progress.value !== null}
          onChange={({ currentTarget }) => (chosen.value = currentTarget.selectedIndex)}
        >
          {FORMS.map(([one, type], i) => (
            <option key={`${one} ${type}`} selected={i === chosen.value}>
              {t.storage.form[one](type)}
            </option>
          ))}
        </select>
        {progress.value === null ? (
          <button type="button" disabled={derived.busy.value || size.value === 'measuring'} onClick={start}>
            {t.storage.exportNow}
          </button>
        ) : (
          <button type="button" onClick={() => void runner.stopExporting()}>
            {t.storage.cancel}
          </button>
        )}
        <span class="note" role="status">
          {progress.value !== null
            ? t.storage.exporting(progress.value.done, progress.value.total)
            : typeof size.value === 'number'
              ? t.storage.aboutSize(bytes(size.value))
              : t.storage[size.value]}
        </span>
      </div>
      <p class="note">{t.storage.formNote[format]}</p>
      {format === 'gguf' && (
        <p class="note">
          <input
            type="checkbox"
            id={`${id}-any`}
            checked={anyTokenizer.value}
            onChange={({ currentTarget }) => (anyTokenizer.value = currentTarget.checked)}
          />{' '}
          <label for={`${id}-any`}>{t.storage.anyTokenizer}</label>
        </p>
      )}
      {said.value.map((line) => (
        <p key={line} class="note" role="status">
          {line}
        </p>
      ))}
    </div>
  );
}
