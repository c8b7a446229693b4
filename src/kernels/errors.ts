import { MailGymError, type ErrorName } from '../errors';

/** The GPU could not do what was asked: no adapter, a limit, a lost device, an invalid command. */
export class GpuError extends MailGymError {
  override name: ErrorName = 'GpuError';
}

/** The device went away (driver reset, out of memory, GPU process ended). Nothing on it can be read any more. */
export class DeviceLostError extends GpuError {
  override name: ErrorName = 'DeviceLostError';
  constructor(readonly reason: string) {
    super(
      `The GPU device was lost (${reason}). What the run saved is intact: reload, lower microBatchTokens or ` +
        `numGenerations if memory was short, and resume from the last checkpoint.`,
      { params: { reason } },
    );
  }
}

/** An op was called with tensors or numbers it cannot take. */
export class OpError extends MailGymError {
  override name: ErrorName = 'OpError';
}
