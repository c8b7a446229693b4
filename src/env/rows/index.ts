/**
 * Questions with known answers, from rows as TRL takes them: `prompt` (text or messages), `answer`, `info`. Read from
 * JSON Lines or Parquet, split by the names of files, answered in one turn, compared by the setting `check`.
 */
import type { AssistantMessage, JsonObject } from '../../conversation/types';
import type { Place } from '../../errors/texts/place';
import { EnvironmentError } from '../errors';
import type { Environment, OpenedEnvironment, OpenOptions, Task, TaskSource } from '../types';
import { INSTRUCTIONS, findAnswer, writeAnswer } from './answer';
import { judgeMaker, listed, type Judge, type JudgeMaker } from './checks';
import { RowEpisode } from './episode';
import { info } from './info';
import { loadTasks } from './load';
import { rowsSettings, type RowsSettings } from './settings';
import type { Splits } from './split';
import { answerOf, columnOf, fallbackId, promptOf } from './task';

/** The core's default for `dataset`: of environments that make their own tasks. */
const NO_DATASET = 'built-in';

const rows: Environment = {
  ...info,
  async open(source: TaskSource, { settings, signal }: OpenOptions): Promise<OpenedEnvironment> {
    if (source.name === NO_DATASET) {
      throw EnvironmentError.of('environment/no-dataset');
    }
    const own = rowsSettings(settings);
    const makeJudge = await loadJudgeMaker(own);
    const tasks = await loadTasks(source, {
      settings: own,
      makeJudge,
      ...(signal === undefined ? {} : { signal }),
    });
    return new OpenedRows(source.name, tasks, own, makeJudge);
  },
};
export default rows;

async function loadJudgeMaker(settings: RowsSettings): Promise<JudgeMaker> {
  if (settings.check !== 'pattern') return judgeMaker(settings, null);
  const { patternCompiler } = await import('./pattern');
  return judgeMaker(settings, patternCompiler(settings.pattern, settings.ignoreCase));
}

class OpenedRows implements OpenedEnvironment {
  readonly title: string;
  readonly tasks: Splits;
  readonly #settings: RowsSettings;
  readonly #makeJudge: JudgeMaker;

  constructor(title: string, tasks: Splits, settings: RowsSettings, makeJudge: JudgeMaker) {
    this.title = title;
    this.tasks = tasks;
    this.#settings = settings;
    this.#makeJudge = makeJudge;
  }

  start(task: Task): RowEpisode {
    const { answerForm: form, instruction } = this.#settings;
    return new RowEpisode({
      task,
      form,
      instruction: instruction === 'auto' ? INSTRUCTIONS[form] : instruction === 'none' ? '' : instruction,
      judge: this.#judge(task),
    });
  }

  /** The row's worked solution where its form is the policy's, else the bare answer in that form. */
  expert(task: Task): readonly AssistantMessage[] | null {
    const { answerForm } = this.#settings;
    const content = this.#solution(task) ?? this.#written(task);
    if (content === null) return null;
    const found = findAnswer(content, answerForm);
    const isRight = found !== null && this.#judge(task)?.(found) === true;
    return isRight ? [{ role: 'assistant', content }] : null;
  }

  /** @param input `prompt`, as in a row, and an `answer` where one is known */
  ask(input: JsonObject): Task {
    const { prompt, answer = null } = input;
    const asked = promptOf(prompt, [{ asked: 'question' }]);
    const where: Place = [{ asked: 'answer' }];
    const known = answer === null ? null : answerOf(answer, this.#settings, where);
    // Refuses an answer that the check cannot use.
    if (known !== null) this.#makeJudge(known, where);
    return {
      id: fallbackId({ prompt: asked, answer: known }),
      prompt: asked,
      answer: known,
      level: 1,
      info: {},
    };
  }

  close(): void {}

  #judge(task: Task): Judge | null {
    return task.answer === null ? null : this.#makeJudge(task.answer, [{ task: task.id }]);
  }

  #solution(task: Task): string | null {
    const { answerForm, rowAnswerForm, answerColumn } = this.#settings;
    const text = rowAnswerForm === 'whole' ? null : columnOf(task.info, answerColumn);
    return typeof text === 'string' && rowAnswerForm === answerForm ? text : null;
  }

  #written(task: Task): string | null {
    const { check, answerForm } = this.#settings;
    if (task.answer === null || check === 'pattern') return null;
    const [answer = ''] = check === 'one-of' ? listed(task.answer, [{ task: task.id }]) : [task.answer];
    return writeAnswer(answer, answerForm);
  }
}
