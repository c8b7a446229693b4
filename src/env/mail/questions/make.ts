/** Makes questions of mail: proposes, checks, words, finds the expert's episode, splits. Pure but for the search index. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { Random } from '../../../random/philox';
import { createMailStore } from '../corpus/store';
import type { Email, Question } from '../corpus/types';
import { scoreAnswer } from '../scorer';
import { givesAway, isSayable } from './checks';
import { dayAfter, findExpert, type ExpertLimits } from './expert';
import { proposeHeader } from './kinds/header';
import { proposeSeveral } from './kinds/several';
import { proposeUnanswerable } from './kinds/unanswerable';
import { proposeValues } from './kinds/values';
import { seriesOf } from './mail/bulk';
import { Mailbox } from './mail/mailbox';
import { mailPhrase } from './reference';
import { splitsOf, stageOf, type SplitBy } from './split';
import type { MadeQuestion, PreparedMail, Proposal } from './types';

export interface MakeOptions extends Partial<ExpertLimits> {
  readonly seed: number;
  /** Most questions, paraphrases not counted; all when absent. */
  readonly count?: number;
  /** Share of all questions that nothing answers; 0.1 when absent. */
  readonly unanswerable?: number;
  /** Further wordings of every training question; 1 when absent. */
  readonly paraphrases?: number;
  readonly splitBy?: SplitBy;
  /** Keep half of the training questions for the warm start and the other half for GRPO. */
  readonly stages?: boolean;
  /** Mail of people who are kept for testing. */
  readonly isHeldOut?: (email: Email) => boolean;
  /** Addresses of the person whose mail it is; where absent, mailboxes are what {@link inboxesOf} finds. */
  readonly owner?: readonly string[];
  readonly onProgress?: (progress: MakeProgress) => void;
  readonly signal?: AbortSignal;
}

export interface MakeProgress {
  /** Mails looked at. */
  readonly done: number;
  readonly mails: number;
  readonly questions: number;
}

/** Why a mail is not asked about at all. */
export type SkipReason = 'no-message-id' | 'no-inbox' | 'no-topic' | 'spam' | 'automatic' | 'series';

export interface MadeQuestions {
  readonly questions: readonly MadeQuestion[];
  readonly mails: number;
  /** Mails that were not asked about, by the reason. */
  readonly skipped: Readonly<Record<SkipReason, number>>;
}

const LIMITS: ExpertLimits = { searchLimit: 4, resultLength: 1500 };
const UNANSWERABLE_SHARE = 0.1;
/** Questions of one mail, at most. */
const MOST_OF_MAIL = 4;
/** Of a newsletter or a series of reports: mails that are asked about, and questions of each. */
const MOST_OF_SERIES = 3;
const MOST_OF_BULK = 1;
/** Largest share of one kind among the answerable ones: who wrote and when can be asked of every mail. */
const MOST_OF_KIND = 0.2;
/** A kind is never cut below this, as a small mailbox has few of anything. */
const FEWEST_OF_KIND = 10;
/** Between two looks at the signal, and pauses for others of the same thread. */
const MAILS_A_TURN = 200;

/** @throws the signal's reason when it is aborted */
export async function makeQuestions(emails: readonly Email[], options: MakeOptions): Promise<MadeQuestions> {
  const store = await createMailStore(emails, { search: 'broad' });
  try {
    return await new Maker(new Mailbox(emails, store, options.owner), options).make();
  } finally {
    store.close();
  }
}

/** The first ones of every kind, so that none is more than its share of what is left. */
function balanced(drafts: readonly Draft[]): Draft[] {
  const counts = new Map<string, number>();
  for (const { kind } of drafts) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  let total = drafts.length;
  for (let before = Infinity; total < before;) {
    before = total;
    const most = Math.max(FEWEST_OF_KIND, Math.floor(before * MOST_OF_KIND));
    total = [...counts.values()].reduce((sum, count) => sum + Math.min(count, most), 0);
  }
  const most = Math.max(FEWEST_OF_KIND, Math.floor(total * MOST_OF_KIND));
  const taken = new Map<string, number>();
  return drafts.filter(({ kind }) => {
    const count = (taken.get(kind) ?? 0) + 1;
    taken.set(kind, count);
    return count <= most;
  });
}

interface Draft extends Omit<MadeQuestion, 'split' | 'stage'> {
  readonly mail: PreparedMail;
  readonly proposal: Proposal;
}

class Maker {
  readonly #mailbox: Mailbox;
  readonly #options: MakeOptions;
  readonly #limits: ExpertLimits;
  readonly #skipped: Record<SkipReason, number> = {
    'no-message-id': 0,
    'no-inbox': 0,
    'no-topic': 0,
    spam: 0,
    automatic: 0,
    series: 0,
  };
  readonly #seriesCounts = new Map<string, number>();
  readonly #messageIds = new Map<string, number>();
  readonly #today = new Map<string, string>();

  constructor(mailbox: Mailbox, options: MakeOptions) {
    this.#mailbox = mailbox;
    this.#options = options;
    this.#limits = {
      searchLimit: options.searchLimit ?? LIMITS.searchLimit,
      resultLength: options.resultLength ?? LIMITS.resultLength,
    };
    for (const { email, inbox, day } of mailbox.mails) {
      this.#messageIds.set(email.messageId, (this.#messageIds.get(email.messageId) ?? 0) + 1);
      if (inbox !== null && day !== null && day > (this.#today.get(inbox) ?? '')) this.#today.set(inbox, day);
    }
  }

  async make(): Promise<MadeQuestions> {
    const answerable: Draft[] = [];
    const unanswerable: Draft[] = [];
    const { mails } = this.#mailbox;
    const { unanswerable: share = UNANSWERABLE_SHARE } = this.#options;
    for (const [i, mail] of mails.entries()) {
      if (i % MAILS_A_TURN === 0) await this.#pause(i, answerable.length + unanswerable.length);
      const reason = this.#objection(mail);
      if (reason !== null) {
        this.#skipped[reason]++;
        continue;
      }
      answerable.push(...this.#answerable(mail));
      if (mail.bulk === null && share > 0)
        unanswerable.push(...this.#drafts(proposeUnanswerable(mail, this.#mailbox, this.#options.seed)));
    }
    const kept = this.#choose(answerable, unanswerable);
    return { questions: this.#finish(kept), mails: mails.length, skipped: this.#skipped };
  }

  async #pause(done: number, questions: number): Promise<void> {
    this.#options.onProgress?.({ done, mails: this.#mailbox.mails.length, questions });
    this.#options.signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve));
  }

  #objection({ email, inbox, topic, bulk }: PreparedMail): SkipReason | null {
    if (!this.#isUnique(email.messageId)) return 'no-message-id';
    if (inbox === null) return 'no-inbox';
    if (bulk === 'spam') return 'spam';
    if (bulk === 'automatic') return 'automatic';
    if (topic === null) return 'no-topic';
    const series = seriesOf(email);
    const count = this.#seriesCounts.get(series) ?? 0;
    this.#seriesCounts.set(series, count + 1);
    return count >= MOST_OF_SERIES ? 'series' : null;
  }

  /** Questions name mails by their Message-IDs. */
  #isUnique(messageId: string): boolean {
    return messageId !== '' && this.#messageIds.get(messageId) === 1;
  }

  #answerable(mail: PreparedMail): Draft[] {
    const { seed } = this.#options;
    const random = new Random(seed, `choice ${mail.email.messageId}`);
    const values = random.shuffle(proposeValues(mail, this.#mailbox, seed));
    const others = [
      ...proposeSeveral(mail, this.#mailbox, seed),
      ...proposeHeader(mail, this.#mailbox, seed),
    ];
    const drafts = this.#drafts([...values, ...others]);
    return drafts.slice(0, mail.bulk === null ? MOST_OF_MAIL : MOST_OF_BULK);
  }

  /** Proposals that pass the checks. */
  #drafts(proposals: readonly Proposal[]): Draft[] {
    return proposals.flatMap((proposal) => this.#draft(proposal, 0) ?? []);
  }

  /** @param wording number of the wording: 0 for the first, others are paraphrases */
  #draft(proposal: Proposal, wording: number): Draft | null {
    const { mail, answer, kind, sources } = proposal;
    const { inbox, email } = mail;
    if (inbox === null || !isSayable(answer)) return null;
    const named = [...sources.map(({ email }) => email), ...proposal.evidence];
    if (!named.every(({ messageId }) => this.#isUnique(messageId))) return null;
    const random = new Random(this.#options.seed, `wording ${email.messageId} ${kind} ${answer}`);
    const asks = random.shuffle(proposal.asks);
    const ask = asks[wording % asks.length] ?? '';
    const phrase = mailPhrase(
      proposal.reference,
      new Random(this.#options.seed, `phrase ${email.messageId} ${kind}`, wording),
    );
    const question = ask.replace('{mail}', () => phrase);
    if (sources.length > 0 && givesAway(question, answer)) return null;
    const id = `q${bytesToHex(sha256(utf8ToBytes(JSON.stringify([email.messageId, kind, question])))).slice(0, 12)}`;
    const asked: Question = {
      id,
      question,
      answer,
      aliases: proposal.aliases,
      emailIds: sources.map(({ email }) => email.id),
      inbox,
      queryDate: dayAfter(this.#today.get(inbox) ?? mail.day ?? '1970-01-01'),
      family: kind,
      level: proposal.level,
    };
    if (!scoreAnswer(asked, answer)) return null;
    const expert = findExpert(proposal, asked, this.#mailbox, this.#limits);
    if (expert === null) return null;
    const { aliases, emailIds, queryDate } = asked;
    return {
      ...{ id, question, answer, aliases, emailIds, inbox, queryDate, kind, evidence: proposal.evidence },
      level: Math.min(3, proposal.level + (expert.hits > 1 ? 1 : 0)),
      expert: expert.calls,
      mail,
      proposal,
    };
  }

  /** As many as asked for, drawn by a hash so that more mail changes little; unanswerable ones by their share. */
  #choose(all: readonly Draft[], unanswerable: readonly Draft[]): Draft[] {
    const { count = Infinity, unanswerable: share = UNANSWERABLE_SHARE } = this.#options;
    const answerable = balanced(this.#drawn(all, Infinity));
    const wanted = Math.min(
      count * share,
      (answerable.length * share) / Math.max(1e-9, 1 - share),
      unanswerable.length,
    );
    const without = Math.round(wanted);
    const chosen = [...this.#drawn(answerable, count - without), ...this.#drawn(unanswerable, without)];
    return chosen;
  }

  #drawn(drafts: readonly Draft[], count: number): Draft[] {
    const { seed } = this.#options;
    const key = new Map(drafts.map((draft) => [draft, new Random(seed, `draw ${draft.id}`).uint32()]));
    const order = (a: Draft, b: Draft): number =>
      (key.get(a) ?? 0) - (key.get(b) ?? 0) || (a.id < b.id ? -1 : 1);
    return [...drafts].sort(order).slice(0, count);
  }

  #finish(drafts: readonly Draft[]): MadeQuestion[] {
    const { splitBy = 'thread', isHeldOut, paraphrases = 1, stages = false } = this.#options;
    const splits = splitsOf(
      drafts.map(({ mail }) => mail),
      { by: splitBy, isHeldOut: isHeldOut === undefined ? null : ({ email }) => isHeldOut(email) },
    );
    const made: MadeQuestion[] = [];
    const asked = new Set<string>();
    const keep = (draft: Draft, paraphraseOf?: string): void => {
      const { mail, proposal, ...question } = draft;
      const key = `${question.inbox} ${question.question}`;
      if (asked.has(key)) return;
      asked.add(key);
      const split = splits.get(mail.group) ?? 'train';
      made.push({
        ...question,
        split,
        ...(stages && split === 'train' ? { stage: stageOf(mail.group) } : {}),
        ...(paraphraseOf === undefined ? {} : { paraphraseOf }),
      });
      if (split !== 'train' || paraphraseOf !== undefined) return;
      for (let wording = 1; wording <= paraphrases; wording++) {
        const other = this.#draft(proposal, wording);
        if (other !== null) keep(other, question.id);
      }
    };
    for (const draft of drafts) keep(draft);
    return made;
  }
}
