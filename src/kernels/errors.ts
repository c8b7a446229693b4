import { englishText, MailGymError, type ErrorName } from '../errors';
import { gpu } from '../errors/texts/en/gpu';
import { op } from '../errors/texts/en/op';
import type { TextTable } from '../errors/texts/types';

/** The GPU could not do what was asked: no adapter, a limit, a lost device, an invalid command. */
export class GpuError extends MailGymError {
  static override readonly texts: TextTable = gpu;
  override name: ErrorName<'GpuError'> = 'GpuError';
}

/** The device went away (driver reset, out of memory, GPU process ended). Nothing on it can be read any more. */
export class DeviceLostError extends GpuError {
  override name: ErrorName<'DeviceLostError'> = 'DeviceLostError';
  constructor(readonly reason: string) {
    super(englishText(gpu, 'device-lost', { reason }), { params: { reason } });
  }
}

/** An op was called with tensors or numbers it cannot take. */
export class OpError extends MailGymError {
  static override readonly texts: TextTable = op;
  override name: ErrorName<'OpError'> = 'OpError';
}
