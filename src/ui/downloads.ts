/** Models that this browser has downloaded, with a button to remove each. */
import { bytes, count } from '../report/format';
import { el, fill } from './dom';
import type { PageStore, Runner } from './runner';
import { isActive } from './state';

export function createDownloads(store: PageStore, runner: Runner): HTMLElement {
  const list = el('ul', { class: 'plain' });
  const root = el(
    'section',
    { class: 'card', 'aria-label': 'Downloaded models' },
    el('h3', {}, 'Downloaded models'),
    list,
  );
  const draw = (): void => {
    const { downloads, run } = store.state;
    root.hidden = downloads.length === 0;
    fill(
      list,
      ...downloads.map(({ base, name, commit, files, bytes: size, fetched }) =>
        el(
          'li',
          {},
          [
            name,
            `${bytes(size)} in ${count(files, 'file')}`,
            commit === null ? '' : `commit ${commit.slice(0, 12)}`,
            fetched === null ? 'unfinished' : new Date(fetched).toLocaleDateString(),
          ]
            .filter((part) => part !== '')
            .join(', '),
          ' ',
          el(
            'button',
            {
              type: 'button',
              class: 'quiet',
              disabled: isActive(run.status),
              'aria-label': `Remove ${name}`,
              on: { click: () => void runner.removeDownload(base) },
            },
            'Remove',
          ),
        ),
      ),
    );
  };
  store.watch((state) => state.downloads, draw);
  store.watch((state) => state.run.status, draw);
  return root;
}
