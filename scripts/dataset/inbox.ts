/**
 * One inbox: about 45 short mails around twelve entities, and every question that can be asked about it.
 *
 * Per entity a search by its name gives at most four mails: facts, corrections, replies, forwards and small talk. Two
 * entities are busy instead: six weekly reports each under one subject, so that only a filter finds the right one.
 */
import type { Email, Question } from '../../src/env/mail/corpus/types';
import type { Split } from '../../src/env/types';
import { Random } from '../../src/random/philox';
import {
  CHATTER,
  CORRECTION,
  FORWARDS,
  KINDS,
  REPLIES,
  REPORT,
  type EntityKind,
  type MailKind,
} from './kinds';
import { FIRST_NAMES, drawName } from './names';
import { aliasesOf, drawValue, type ValueType } from './values';

export const I_DONT_KNOW = "I don't know";
export const DOMAIN = 'acme.example';

/** Most mails that mention one entity, busy ones aside: a search by its name shows them all. */
export const MAILS_PER_ENTITY = 4;
const REPORTS_PER_BUSY_ENTITY = 6;
const DAY = 86_400_000;

/** `asked` joins the questions about one mail, for training samples that ask several of them. */
export type Candidate = Omit<Question, 'id'> & { readonly asked: string };

export interface Inbox {
  readonly address: string;
  readonly emails: readonly Email[];
  readonly candidates: readonly Candidate[];
}

export interface InboxOptions {
  readonly seed: number;
  /** 0 to 99; the first two digits of every mail id. */
  readonly number: number;
  /** Separates streams: a data set uses the inbox's number, a warm start counts on. */
  readonly stream: number;
  readonly split: Split;
}

interface Entity {
  readonly kind: EntityKind;
  /** As mails and questions write it. */
  readonly name: string;
  /** The word that finds it. */
  readonly keyword: string;
}

interface Person {
  readonly first: string;
  readonly address: string;
}

const fill = (template: string, entity: string, values: readonly string[] = []): string =>
  template.replace(/\{(e|f|\d)\}/g, (_, key: string) =>
    key === 'e' ? entity : key === 'f' ? (entity.split(' ')[0] ?? '') : (values[Number(key)] ?? ''),
  );

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

export function buildInbox(options: InboxOptions): Inbox {
  return new InboxBuilder(options).build();
}

class InboxBuilder {
  readonly #split: Split;
  readonly #random: Random;
  readonly #number: number;
  readonly #taken = new Set<string>();
  readonly #freeIds: number[];
  readonly #owner: Person;
  readonly #colleagues: Person[];
  /** Midnight of the day on which all questions are asked. */
  readonly #today: number;
  readonly #emails: Email[] = [];
  readonly #candidates: Candidate[] = [];

  constructor({ seed, number, stream, split }: InboxOptions) {
    this.#split = split;
    this.#number = number;
    this.#random = new Random(seed, `inbox-${split}`, stream);
    this.#freeIds = this.#random.shuffle(Array.from({ length: 100 }, (_, i) => i));
    const firsts = this.#random.shuffle(FIRST_NAMES);
    const people = firsts.slice(0, 9).map((first) => {
      const surname = drawName('surname', split, this.#taken, this.#random);
      return { first, address: `${first}.${surname}@${DOMAIN}`.toLowerCase() };
    });
    this.#owner = people[0] as Person;
    this.#colleagues = people.slice(1);
    this.#today = Date.UTC(2024, 6, 1) + this.#random.integer(900) * DAY;
  }

  build(): Inbox {
    const entities = (['person', 'project', 'company'] as const).flatMap((kind) =>
      Array.from({ length: 4 }, () => this.#entity(kind)),
    );
    // The fourth project and the fourth company are busy.
    entities.forEach((entity, i) => (i === 7 || i === 11 ? this.#reports(entity) : this.#facts(entity)));
    for (const kind of ['person', 'project', 'company'] as const) {
      const stranger = this.#entity(kind);
      const mailKind = this.#random.pick(KINDS.filter((k) => k.entity === kind));
      this.#unanswerable(stranger, mailKind);
    }
    return { address: this.#owner.address, emails: this.#emails, candidates: this.#candidates };
  }

  #entity(kind: EntityKind): Entity {
    if (kind !== 'person') {
      const name = drawName(kind, this.#split, this.#taken, this.#random);
      return { kind, name, keyword: name };
    }
    const surname = drawName('surname', this.#split, this.#taken, this.#random);
    return { kind, name: `${this.#random.pick(FIRST_NAMES)} ${surname}`, keyword: surname };
  }

  /** Two or three fact mails, and corrections, replies, small talk up to {@link MAILS_PER_ENTITY}. */
  #facts(entity: Entity): void {
    const random = this.#random;
    const kinds = random.shuffle(KINDS.filter((kind) => kind.entity === entity.kind));
    const facts = 1 + (random.integer(5) % 3) + (random.integer(2) === 0 ? 0 : 1);
    const used = kinds.slice(0, Math.min(facts, 3));
    let room = MAILS_PER_ENTITY - used.length;
    for (const kind of used) {
      const follow = room > 0 ? (['correction', 'reply', 'none'] as const)[random.integer(3)] : 'none';
      if (follow !== 'none') room--;
      this.#factMail(entity, kind, follow ?? 'none');
    }
    if (room > 0 && random.integer(2) === 0) this.#chatter(entity);
    const missing = kinds[used.length];
    if (missing !== undefined) this.#unanswerable(entity, missing);
  }

  #factMail(entity: Entity, kind: MailKind, follow: 'correction' | 'reply' | 'none'): void {
    const random = this.#random;
    const values = kind.facts.map((fact) => drawValue(fact.type, this.#split, this.#taken, random));
    const sender = this.#colleague();
    const subject = fill(random.pick(kind.subjects), entity.name);
    const text = fill(random.pick(kind.bodies), entity.name, values);
    const time = this.#time(40, 90);
    const forwarded = follow === 'none' && random.integer(10) === 0;
    const mail = forwarded
      ? this.#mail(sender, time, `Fwd: ${subject}`, `${random.pick(FORWARDS)}\n> ${text}`)
      : this.#mail(sender, time, subject, this.#letter(text, sender));
    const holders = [mail.id];
    let corrected = -1;
    let newest = mail;
    if (follow === 'correction') {
      corrected = random.integer(3);
      const type = (kind.facts[corrected] as MailKind['facts'][0]).type;
      values[corrected] = drawValue(type, this.#split, this.#taken, random);
      newest = this.#mail(
        sender,
        this.#time(2, 38),
        random.pick(CORRECTION.subjects).replace('{s}', subject),
        `${random.pick(CORRECTION.openings)}\n${fill(random.pick(kind.bodies), entity.name, values)}`,
      );
      holders.push(newest.id);
    } else if (follow === 'reply') {
      const quote = random.integer(2) === 0;
      const body = random.pick(REPLIES) + (quote ? `\n> ${text}` : '');
      const reply = this.#mail(this.#colleague(), this.#time(2, 38), `Re: ${subject}`, body);
      if (quote) holders.push(reply.id);
    }
    kind.facts.forEach((fact, i) => {
      const latest = i === corrected;
      this.#ask(random.pick(fact.questions), {
        entity,
        type: fact.type,
        answer: values[i] as string,
        emailIds: latest ? [newest.id] : holders,
        family: latest ? 'latest' : 'single',
        level: follow === 'none' ? 1 : 2,
        search: { keywords: [entity.keyword, kind.name] },
        asked: newest.id,
      });
    });
  }

  #chatter(entity: Entity): void {
    const { subject, body } = this.#random.pick(CHATTER);
    const sender = this.#colleague();
    const time = this.#time(2, 90);
    this.#mail(sender, time, fill(subject, entity.name), this.#letter(fill(body, entity.name), sender));
  }

  /** Weekly reports from different senders; each is asked for by sender, all but the newest by date. */
  #reports(entity: Entity): void {
    const random = this.#random;
    const senders = random.shuffle(this.#colleagues).slice(0, REPORTS_PER_BUSY_ENTITY);
    const subject = fill(random.pick(REPORT.subjects), entity.name);
    const newest = this.#time(2, 6);
    senders.forEach((sender, week) => {
      const values = REPORT.facts.map((fact) => drawValue(fact.type, this.#split, this.#taken, random));
      const text = fill(random.pick(REPORT.bodies), entity.name, values);
      const time = newest - week * 7 * DAY + (random.integer(7) - 3) * 600_000;
      const mail = this.#mail(sender, time, subject, text);
      const i = random.integer(3);
      const fact = REPORT.facts[i] as (typeof REPORT.facts)[0];
      const byDate = week > 0 && random.integer(2) === 0;
      // A day after this report and not after the next one.
      const day = isoDay(time + (1 + random.integer(6)) * DAY);
      const template = random.pick(byDate ? fact.before : fact.bySender);
      this.#ask(template.replace('{a}', `<${sender.address}>`).replace('{d}', day), {
        entity,
        type: fact.type,
        answer: values[i] as string,
        emailIds: [mail.id],
        family: byDate ? 'filter-date' : 'filter-sender',
        level: 3,
        search: {
          keywords: [entity.keyword, REPORT.name],
          ...(byDate ? { sent_before: day } : { from_addr: sender.address }),
        },
        asked: mail.id,
      });
    });
  }

  #unanswerable(entity: Entity, kind: MailKind): void {
    const fact = this.#random.pick(kind.facts);
    this.#ask(this.#random.pick(fact.questions), {
      entity,
      type: null,
      answer: I_DONT_KNOW,
      emailIds: [],
      family: 'unanswerable',
      level: 2,
      search: { keywords: [entity.keyword, kind.name] },
      asked: '',
    });
  }

  #ask(
    template: string,
    about: Pick<Candidate, 'answer' | 'emailIds' | 'family' | 'level' | 'asked'> & {
      entity: Entity;
      type: ValueType | null;
      search: Readonly<Record<string, unknown>>;
    },
  ): void {
    const { entity, type, search, asked, answer, emailIds, family, level } = about;
    this.#candidates.push({
      question: template.replaceAll('{e}', entity.name),
      answer,
      aliases: type === null ? [] : aliasesOf(type, answer),
      emailIds,
      inbox: this.#owner.address,
      queryDate: isoDay(this.#today),
      family,
      level,
      trace: asked === '' ? { search } : { search, read: asked },
      asked,
    });
  }

  #colleague(): Person {
    return this.#random.pick(this.#colleagues);
  }

  /** Some time in working hours, `from` to `to` days ago. */
  #time(from: number, to: number): number {
    const days = from + this.#random.integer(to - from);
    return this.#today - days * DAY + (8 * 60 + this.#random.integer(600)) * 60_000;
  }

  /** Some letters greet and sign. */
  #letter(text: string, sender: Person): string {
    const greeting = this.#random.integer(4) === 0 ? `Hi ${this.#owner.first},\n` : '';
    const signature = this.#random.integer(4) === 0 ? `\n${sender.first}` : '';
    return greeting + text + signature;
  }

  #mail(sender: Person, date: number, subject: string, body: string): Email {
    const own = this.#freeIds.pop();
    if (own === undefined) throw new RangeError('An inbox holds at most 100 mails: its ids have two digits.');
    const id = `m${String(this.#number).padStart(2, '0')}${String(own).padStart(2, '0')}`;
    const cc =
      this.#random.integer(10) === 0 ? [this.#colleague().address].filter((a) => a !== sender.address) : [];
    const email: Email = {
      id,
      messageId: `${id}.${date.toString(36)}@${DOMAIN}`,
      date,
      from: sender.address,
      to: [this.#owner.address],
      cc,
      bcc: [],
      subject,
      body,
    };
    this.#emails.push(email);
    return email;
  }
}
