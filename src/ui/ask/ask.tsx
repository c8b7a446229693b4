/** Ask one question: what is asked, and of whom; and the conversations that came of it. */
import type { JSX } from 'preact';
import { useLive } from '../page';
import { t } from '../texts';
import { AskForm } from './form';
import { Conversations } from './conversations';

export function Ask(): JSX.Element {
  return (
    <div class="ask">
      <AskForm />
      <Askings />
    </div>
  );
}

/** Drawn again with every token. */
function Askings(): JSX.Element {
  const askings = useLive(({ ask }) => ask.askings);
  return (
    <div>
      {askings.length === 0 && <p class="empty">{t.ask.empty}</p>}
      <Conversations askings={askings} />
    </div>
  );
}
