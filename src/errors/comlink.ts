/** Makes Comlink carry errors whole: by itself it takes name, message and stack. */
import { transferHandlers, type TransferHandler } from 'comlink';
import { errorFrom, errorRecord, type ErrorRecord } from './transport';

/** What Comlink's own handler sends for a value that was thrown. */
type Thrown =
  | { readonly isError: true; readonly value: ErrorRecord }
  | { readonly isError: false; readonly value: unknown };

/** To be called once on both sides of a connection, before the first call. */
export function carryErrors(): void {
  const plain = transferHandlers.get('throw') as TransferHandler<{ value: unknown }, Thrown> | undefined;
  if (plain === undefined) throw new Error('This version of Comlink has no handler for what calls throw.');
  const handler: TransferHandler<{ value: unknown }, Thrown> = {
    canHandle: (value): value is { value: unknown } => plain.canHandle(value),
    serialize: (thrown) =>
      thrown.value instanceof Error
        ? [{ isError: true, value: errorRecord(thrown.value) }, []]
        : plain.serialize(thrown),
    deserialize: (thrown) => {
      if (thrown.isError) throw errorFrom(thrown.value);
      return plain.deserialize(thrown);
    },
  };
  transferHandlers.set('throw', handler);
}
