/** While a run goes on the screen stays awake, where the browser can do that; at its end a notification, where that is allowed. */
import { effect } from '@preact/signals';
import type { Page } from '../page';
import { isActive, type State } from '../state';
import { t } from '../texts';
import { detailText, statusText } from './run-words';

export function keepAwake({ derived }: Page): void {
  // Absent in older browsers and on pages by http.
  const { wakeLock } = navigator as Partial<Pick<Navigator, 'wakeLock'>>;
  if (wakeLock === undefined) return;
  let held: WakeLockSentinel | null = null;
  const follow = (): void => {
    if (!derived.busy.peek()) {
      void held?.release();
      held = null;
      return;
    }
    // Hidden pages are refused it, and lose the one that they have.
    if (document.hidden || held?.released === false) return;
    wakeLock.request('screen').then(
      (sentinel) => {
        held = sentinel;
        if (!derived.busy.peek()) follow();
      },
      () => undefined,
    );
  };
  effect(() => {
    void derived.busy.value;
    follow();
  });
  document.addEventListener('visibilitychange', follow);
}

/** Null where the browser has no notifications. */
export function notices(): { readonly permission: NotificationPermission; ask(): Promise<unknown> } | null {
  if (typeof Notification === 'undefined') return null;
  return { permission: Notification.permission, ask: () => Notification.requestPermission() };
}

/** Told to those who look at something else. */
export function noticeEnd({ live, now }: Page): void {
  let before: State['run']['status'] = 'idle';
  effect(() => {
    const { status } = live.run;
    const hasEnded = isActive(before) && !isActive(status);
    before = status;
    if (!hasEnded || !document.hidden || now().queue !== null || notices()?.permission !== 'granted') return;
    const { run, records } = now();
    const evaluations = records.find(({ id }) => id === run.recordId)?.evaluations ?? [];
    try {
      const notice = new Notification(t.run.title(statusText(run)), {
        body: detailText(run, evaluations),
        tag: 'mailgym-end',
      });
      notice.onclick = () => window.focus();
    } catch {
      // Chrome on Android takes them from service workers only.
    }
  });
}
