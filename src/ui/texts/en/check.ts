/** Texts of the page's check of the device, `?check`. What was found is said as on the console (src/report/check). */
import type { DeviceProblem } from '../../../report/check/types';
import { partWords, problemWords } from '../../../report/check/words';

export const check = {
  title: 'Check of this device',
  about:
    'What computes here, whether it computes rightly, and how fast it is. Nothing is sent anywhere; the text below is for you to paste where you ask for help.',
  busy: 'Checking; this takes some seconds, on a software renderer half a minute…',
  doing: (what: string) => `Checking ${partWords(what)}…`,
  good: 'This device can be trusted with runs.',
  bad: 'This device cannot be used for runs.',
  problems: 'Problems',
  problem: (of: DeviceProblem) => problemWords(of).problem,
  remedy: (of: DeviceProblem) => problemWords(of).remedy,
  none: 'None.',
  whole: 'The whole check as text',
  copy: 'Copy as text',
  copied: 'Copied',
  again: 'Check again',
  back: 'To the page',
  failed: (message: string) => `The check ended with an error: ${message}`,
};
