/** The mail environment: questions about the mail of an inbox, answered with tools. */
import type { Environment, OpenedEnvironment, Task } from '../types';
import { abstainsFrom } from './abstention';
import { MAX_RESULTS } from './corpus/query';
import { loadDataset } from './corpus/dataset';
import { createMailStore } from './corpus/store';
import { createEpisode, type MailEpisode } from './episode';
import { sourcesOf } from './evidence';
import { FirstCallEpisode } from './first-call';
import { mailHints, type MailHints } from './hints';
import { mailInfo, type MailSettings } from './info';
import type { PromptStyle } from './prompts';
import { judged, scoreAnswer } from './scorer';
import { expertMessages, mailMenu, ownTask, questionOf, taskOf } from './tasks';

const DEFAULT_SNIPPET_TOKENS = 15;

export const mail: Environment = {
  ...mailInfo,
  open: async (source, { settings, hints: wishes }) => {
    // The run's settings were checked against this environment's table.
    const own = settings as unknown as MailSettings;
    const hints = mailHints(wishes);
    const dataset = await loadDataset((path) => source.read(path));
    const store = await createMailStore(dataset.emails, {
      snippetTokens: own.snippetTokens || (hints.snippetTokens ?? DEFAULT_SNIPPET_TOKENS),
      search: own.search === 'auto' ? (dataset.manifest.search ?? 'exact') : own.search,
      oneMissing: own.searchOneMissing,
    });
    const maxResults = Math.min(MAX_RESULTS, own.searchLimit || (hints.searchLimit ?? MAX_RESULTS));
    const start = (task: Task): MailEpisode =>
      createEpisode({
        question: questionOf(task),
        store,
        maxTurns: settings.maxTurns,
        score: (question, answer) => scoreAnswer(judged(question, store), answer),
        rewardPreset: own.rewardPreset,
        toolErrors: own.toolErrors,
        promptStyle: promptStyle(own, hints),
        maxResults,
      });
    const { train, validation, test } = dataset.questions;
    const opened: OpenedEnvironment = {
      title: dataset.manifest.title || dataset.manifest.name,
      tasks: { train: train.map(taskOf), validation: validation.map(taskOf), test: test.map(taskOf) },
      start,
      startFirstTurn: (task) => new FirstCallEpisode(questionOf(task), own.rewardPreset, start(task)),
      expert: (task) => expertMessages(task, store, maxResults),
      ask: ownTask,
      menu: () => ({ ...mailMenu(dataset) }),
      explain: (task, outcome) => {
        const question = questionOf(task);
        const isNone = abstainsFrom(question, outcome.answer ?? '', 'normalised');
        return { sources: sourcesOf(outcome, question, store), foundNothing: isNone };
      },
      close: () => store.close(),
    };
    return opened;
  },
};

function promptStyle(settings: MailSettings, hints: MailHints): PromptStyle {
  if (settings.promptStyle !== 'auto') return settings.promptStyle;
  return hints.promptStyle === 'compact' ? 'compact' : 'full';
}
