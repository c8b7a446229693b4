/** The visitor's own mailbox, for a worker that opens it in its storage. */
import type { MailboxFiles, OwnMailboxActions } from '../env/mail/own/types';

/** @param files a folder of its own */
export async function openOwnMailbox(files: MailboxFiles): Promise<OwnMailboxActions> {
  const { OwnMailbox } = await import('../env/mail/own/mailbox');
  return new OwnMailbox(files);
}
