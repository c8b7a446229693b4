/** The mailbox's actions by name, for whoever passes them on without knowing them. */
import type { Work } from '../../../errors/texts/en/training/run';
import { EnvironmentError } from '../../errors';
import type { OpenOwnData, OwnAction, OwnWatch } from '../../own-data';
import { OwnMailbox } from './mailbox';
import type { OwnMailboxActions } from './types';

type Name = keyof OwnMailboxActions;
/** Arguments of an action without what it is watched with. */
type Args<N extends Name> = Parameters<OwnMailboxActions[N]>;

export const openOwnMailbox: OpenOwnData = (files) => {
  const own: OwnMailboxActions = new OwnMailbox(files);
  const action = <N extends Name>(
    run: (args: Args<N>, watch: OwnWatch) => Promise<unknown>,
    work: Work | null = null,
    stopped: OwnAction['stopped'] = null,
    // Who calls an action by its name gives what `OwnMailboxActions` says.
  ): OwnAction => ({ work, stopped, run: (args, watch) => run(args as Args<N>, watch) });
  const stoppedAs = (code: 'environment/import-stopped' | 'environment/making-stopped') => () =>
    EnvironmentError.of(code);
  return {
    info: action<'info'>(() => own.info()),
    add: action<'add'>(
      ([files, how], watch) => own.add(files, how, watch),
      'import',
      stoppedAs('environment/import-stopped'),
    ),
    make: action<'make'>(
      ([seed], watch) => own.make(seed, watch),
      'questions',
      stoppedAs('environment/making-stopped'),
    ),
    clear: action<'clear'>(() => own.clear(), 'mailbox'),
    setOwner: action<'setOwner'>(([addresses]) => own.setOwner(addresses), 'mailbox'),
    saveQuestion: action<'saveQuestion'>(([input]) => own.saveQuestion(input), 'mailbox'),
    acceptQuestions: action<'acceptQuestions'>(([ids]) => own.acceptQuestions(ids), 'mailbox'),
    removeQuestions: action<'removeQuestions'>(([ids]) => own.removeQuestions(ids), 'mailbox'),
    questions: action<'questions'>(() => own.questions()),
    questionLines: action<'questionLines'>(() => own.questionLines()),
    mailsOf: action<'mailsOf'>(([question]) => own.mailsOf(question)),
    search: action<'search'>(([words]) => own.search(words)),
    mail: action<'mail'>(([id, marked]) => own.mail(id, marked)),
  } satisfies Record<Name, OwnAction>;
};
