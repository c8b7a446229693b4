/**
 * Whose mailbox it is: the addresses of the person whose mail this is, with what speaks for each. Mail delivered to an address,
 * mail written by it in a folder of sent mail, and how much of all mail it is on.
 */
import { participants } from './dataset';
import type { Email } from './types';

export interface OwnerEvidence {
  readonly address: string;
  /** Its commonest name; '' when no mail has one. */
  readonly name: string;
  /** Mails that a server says it delivered to this address. */
  readonly delivered: number;
  /** Mails that this address wrote and that lie among sent mail. */
  readonly sent: number;
  /** Mails that this address wrote, wherever they lie. */
  readonly written: number;
  /** Mails that this address wrote or got. */
  readonly involved: number;
  /** Why it counts as the owner's: evidence of its own, the name of a person with evidence, or somebody's word. */
  readonly because: 'delivered' | 'sent' | 'involved' | 'same-name' | 'told';
}

export interface Owner {
  /** The owner's addresses, strongest evidence first; empty when nobody stands out. */
  readonly addresses: readonly OwnerEvidence[];
  readonly mails: number;
  /** The evidence leaves hardly a doubt; otherwise the addresses are a guess that people should look at. */
  readonly sure: boolean;
}

const SENT =
  /(?:^|[\W_])(?:sent|sent items|sent mail|_sent_mail|outbox|gesendet\w*|envoy[ée]s\w*|enviad[oa]s\w*|inviat[ai]|verzonden\w*|已发送)(?:$|[\W_])/i;
/** Of all mail an address must be on so much to be taken for the owner's without other evidence. */
const MIN_SHARE = 0.5;
/** Addresses with less than this share of the strongest one's evidence are lists and strangers. */
const MIN_RELATIVE = 0.05;
const MIN_DELIVERED = 2;

interface Counts {
  delivered: number;
  sent: number;
  written: number;
  involved: number;
  readonly names: Map<string, number>;
}

/** @param told addresses that somebody says are the owner's; these are then all */
export function findOwner(emails: readonly Email[], told: readonly string[] = []): Owner {
  const counts = countAddresses(emails);
  const evidence = (address: string, because: OwnerEvidence['because']): OwnerEvidence =>
    evidenceOf(counts, address, because);
  const mails = emails.length;
  if (told.length > 0) {
    const addresses = [...new Set(told.map((address) => address.trim().toLowerCase()))];
    return { addresses: addresses.map((address) => evidence(address, 'told')), mails, sure: true };
  }
  const all = [...counts.keys()];
  const found = [
    ...strongest(
      all.map((a) => evidence(a, 'sent')),
      'sent',
    ),
    ...strongest(
      all.map((a) => evidence(a, 'delivered')),
      'delivered',
    ),
  ];
  const sure = found.length > 0;
  if (!sure) {
    const [first] = all.map((a) => evidence(a, 'involved')).sort(by('involved'));
    if (first !== undefined && first.involved >= mails * MIN_SHARE && mails > 1) found.push(first);
  }
  const known = new Map<string, OwnerEvidence>();
  for (const each of found) if (!known.has(each.address)) known.set(each.address, each);
  // The same person at another address: the full name of the owner, with mail of its own.
  const names = new Set(
    [...known.values()].map(({ name }) => personName(name)).filter((name) => name.includes(' ')),
  );
  for (const address of all) {
    if (known.has(address)) continue;
    const other = evidence(address, 'same-name');
    if (names.has(personName(other.name))) known.set(address, other);
  }
  const addresses = [...known.values()].sort(
    (a, b) => strength(b) - strength(a) || (a.address < b.address ? -1 : 1),
  );
  return { addresses, mails, sure };
}

/** The addresses on most mail, with what speaks for each: those among which people look for the owner's. */
export function busiestAddresses(emails: readonly Email[], most: number): OwnerEvidence[] {
  const counts = countAddresses(emails);
  return [...counts.keys()]
    .map((address) => evidenceOf(counts, address, 'involved'))
    .sort(by('involved'))
    .slice(0, most);
}

function evidenceOf(
  counts: ReadonlyMap<string, Counts>,
  address: string,
  because: OwnerEvidence['because'],
): OwnerEvidence {
  const found = counts.get(address);
  const {
    delivered = 0,
    sent = 0,
    written = 0,
    involved = 0,
    names = new Map<string, number>(),
  } = found ?? {};
  const [name = ''] = [...names].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? [];
  return { address, name, delivered, sent, written, involved, because };
}

function countAddresses(emails: readonly Email[]): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  const of = (address: string): Counts => {
    let found = counts.get(address);
    if (found === undefined) {
      found = { delivered: 0, sent: 0, written: 0, involved: 0, names: new Map() };
      counts.set(address, found);
    }
    return found;
  };
  for (const email of emails) {
    for (const address of participants(email)) of(address).involved++;
    for (const address of email.deliveredTo ?? []) of(address).delivered++;
    if (email.from !== '') {
      of(email.from).written++;
      if ((email.labels ?? []).some((label) => SENT.test(label))) of(email.from).sent++;
    }
    for (const [address, name] of Object.entries(email.names ?? {})) {
      const { names } = of(address);
      names.set(name, (names.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

/** Those with much of one kind of evidence; nobody where it is spread over many, as in an archive of several people. */
function strongest(all: readonly OwnerEvidence[], kind: 'sent' | 'delivered'): OwnerEvidence[] {
  const sorted = all.filter((each) => each[kind] > 0).sort(by(kind));
  const [first] = sorted;
  if (first === undefined || (kind === 'delivered' && first.delivered < MIN_DELIVERED)) return [];
  const total = sorted.reduce((sum, each) => sum + each[kind], 0);
  const kept = sorted.filter((each) => each[kind] >= first[kind] * MIN_RELATIVE);
  // Several people's sent folders look like this.
  return first[kind] * 2 < total && !samePerson(kept)
    ? []
    : kept.filter((each) => each[kind] * 10 >= first[kind] || samePerson([first, each]));
}

function samePerson(people: readonly OwnerEvidence[]): boolean {
  return new Set(people.map(({ name, address }) => (name === '' ? address : personName(name)))).size === 1;
}

function personName(name: string): string {
  const [last = '', first] = name.split(',');
  return (first === undefined ? name : `${first} ${last}`).replace(/\s+/g, ' ').trim().toLowerCase();
}

function by(kind: 'sent' | 'delivered' | 'involved'): (a: OwnerEvidence, b: OwnerEvidence) => number {
  return (a, b) => b[kind] - a[kind] || (a.address < b.address ? -1 : 1);
}

function strength({ delivered, sent, involved }: OwnerEvidence): number {
  return (delivered + sent) * 1e6 + involved;
}
