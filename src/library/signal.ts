/** What a caller's signal does to a call. */

/**
 * Rejects with the signal's reason as soon as it is given, while `work` still frees what it opened.
 * @param work calls `begun` when it answers the signal by itself from then on
 */
export function abortable<T>(
  signal: AbortSignal | undefined,
  work: (begun: () => void) => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work(() => undefined);
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise<T>((resolve, reject) => {
    const give = () => reject(signal.reason as Error);
    const begun = () => signal.removeEventListener('abort', give);
    signal.addEventListener('abort', give, { once: true });
    void work(begun).then(resolve, reject).finally(begun);
  });
}
