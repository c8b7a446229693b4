/** Who can answer in the Ask view, as options with keys and names. Pure. */
import { adapterLabel, storedRuns } from './runs';
import type { Answerer } from './ask-state';
import type { State } from './state';

export interface AnswererOption {
  /** Value of its option; the same for the same answerer. */
  readonly key: string;
  readonly label: string;
  readonly answerer: Answerer;
}

export function answererOptions(state: Pick<State, 'files'>, model: string): AnswererOption[] {
  const bare: Answerer = { kind: 'bare' };
  const stored = storedRuns(state.files ?? [])
    .reverse()
    .flatMap(({ outputDir, adapters }) =>
      adapters.map((which): Answerer => ({ kind: 'stored', outputDir, which })),
    );
  return [bare, ...stored].map((answerer) => ({
    key: answererKey(answerer),
    label: answererName(answerer, model),
    answerer,
  }));
}

export function answererKey(answerer: Answerer): string {
  switch (answerer.kind) {
    case 'bare':
      return 'bare';
    case 'stored':
      return `${answerer.outputDir}/${answerer.which}`;
    case 'uploaded':
      return 'uploaded';
  }
}

/** @param model name of the model without its folder, or '' where it goes without saying */
export function answererName(answerer: Answerer, model = ''): string {
  switch (answerer.kind) {
    case 'bare':
      return model === '' ? 'Bare model' : `Bare model (${model})`;
    case 'stored': {
      const folder = answerer.outputDir.split('/').at(-1) ?? answerer.outputDir;
      return `${folder}: ${adapterLabel(answerer.which)
        .replace(/ \(.*\)$/, '')
        .toLowerCase()}`;
    }
    case 'uploaded':
      return `Uploaded: ${answerer.name}`;
  }
}
