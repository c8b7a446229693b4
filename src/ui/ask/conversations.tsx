/** The conversations that came of asking, newest first; those of one press side by side. */
import type { JSX } from 'preact';
import type { AskState } from '../ask-state';
import { t } from '../texts';
import { ConversationView } from './conversation';

export function Conversations({ askings }: Pick<AskState, 'askings'>): JSX.Element {
  return (
    <div class="ask-list">
      {askings.map((asking) => {
        const [first] = asking;
        if (first === undefined) return null;
        const { id, question, place, temperature } = first;
        const heat = temperature === 0 ? '' : t.ask.atTemperature(temperature);
        const note = t.app.facts([place, heat].filter((text) => text !== ''));
        return (
          <section key={id} class="card ask-card" aria-label={t.ask.asked(question)}>
            <h3>{question}</h3>
            {note !== '' && <p class="note">{note}</p>}
            <div class={asking.length > 1 ? 'ask-columns is-pair' : 'ask-columns'}>
              {asking.map((one) => (
                <ConversationView key={one.id} conversation={one} />
              ))}
            </div>
          </section>
        );
      })}
    </div>
  );
}
