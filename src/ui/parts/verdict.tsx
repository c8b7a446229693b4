/** Right, wrong or neither, as a sign; said in words to those who cannot see it. */
import type { JSX } from 'preact';
import { t } from '../texts';
import { VERDICT_SIGN, type Verdict } from '../tokens';

export function VerdictSign({ verdict }: { readonly verdict: Verdict }): JSX.Element {
  return (
    <span class={`verdict verdict-${verdict.replace(' ', '-')}`} aria-hidden="true">
      {VERDICT_SIGN[verdict]}
    </span>
  );
}

export function VerdictMark({ verdict }: { readonly verdict: Verdict }): JSX.Element {
  return (
    <>
      <VerdictSign verdict={verdict} />
      <span class="visually-hidden">{t.tokens.said(t.tokens.verdict[verdict])}</span>
    </>
  );
}
