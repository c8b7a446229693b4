/** Ask one question: what is asked, and of whom; and the conversations that came of it. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';
import { AskForm } from './form';
import { Conversations } from './conversations';

export function Ask(): JSX.Element {
  const { askings } = usePage().live.ask;
  return (
    <div class="ask">
      <AskForm />
      <div>
        {askings.length === 0 && <p class="empty">{t.ask.empty}</p>}
        <Conversations askings={askings} />
      </div>
    </div>
  );
}
