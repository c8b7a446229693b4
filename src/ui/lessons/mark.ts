/** Marks the part of the page that a step speaks of. */
import { useEffect } from 'preact/hooks';

const MARK = 'data-lesson-mark';

/** @param selector of what is marked as long as the component is there; views may draw it later */
export function useMark(selector: string | undefined): void {
  useEffect(() => {
    if (selector === undefined) return undefined;
    const mark = (): void => {
      const found = document.querySelector(selector);
      for (const old of document.querySelectorAll(`[${MARK}]`)) if (old !== found) old.removeAttribute(MARK);
      if (found !== null && !found.hasAttribute(MARK)) found.setAttribute(MARK, '');
    };
    mark();
    const watch = new MutationObserver(mark);
    watch.observe(document.body, { childList: true, subtree: true });
    return () => {
      watch.disconnect();
      for (const old of document.querySelectorAll(`[${MARK}]`)) old.removeAttribute(MARK);
    };
  }, [selector]);
}
