/** Which question a run's next steps are asked, and whether they measure what they change. */
import type { JSX } from 'preact';
import { menuKey } from '../ask-state';
import { usePage } from '../page';
import { t } from '../texts';
import type { WatchChoice } from './watching';

export function FollowChoice(): JSX.Element {
  const { live, derived, dispatch, runner, asker, now } = usePage();
  const { settings } = derived.resolved.value;
  const key = settings === null ? null : menuKey(settings);
  const menu = live.ask.menu?.key === key ? live.ask.menu.menu : null;
  const change = (part: Partial<WatchChoice>): void => {
    dispatch({ kind: 'watching', watching: { ...now().watching, ...part } });
    void runner.watch();
  };
  return (
    <div class="follow-choice">
      <label>
        {t.why.follow.question}{' '}
        <select
          value={live.watching.taskId ?? ''}
          onChange={({ currentTarget: { value } }) => change({ taskId: value === '' ? null : value })}
        >
          <option value="">{t.why.follow.firstQuestion}</option>
          {menu?.tasks.map(({ id, question }) => (
            <option key={id} value={id}>
              {question}
            </option>
          ))}
        </select>
      </label>
      {menu === null && settings !== null && (
        <button type="button" class="quiet" onClick={() => void asker.loadAskMenu(settings)}>
          {t.why.follow.otherQuestions}
        </button>
      )}
      <label>
        <input
          type="checkbox"
          checked={live.watching.moves}
          onChange={({ currentTarget }) => change({ moves: currentTarget.checked })}
        />{' '}
        {t.why.follow.measure}
      </label>
    </div>
  );
}
