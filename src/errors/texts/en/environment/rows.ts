/** Rows with answers. */
import type { Foreign, Tell, Told } from '../../types';
import type { LineProblem } from '../../picture';
import type { Place } from '../../place';
import { describe, firstOf, lineProblem, place, type At, type Found } from '../words';

const NAMES_HELP =
  'Name files by their split (train.jsonl, validation.jsonl, test.jsonl, or data/train-00000-of-00001.parquet and so on), ' +
  'or give a single file, which is then split.';

export const rows = {
  'environment/answer-no-number': ({ where, found }: At & { found: string }) =>
    `${place(where)}: check number needs an answer that is a number, found ${JSON.stringify(found)}. ` +
    'Correct the row, set rowAnswerForm to where its number stands, or choose another check.',
  'environment/answer-no-list': ({ where, found }: At & { found: string }) =>
    `${place(where)}: check one-of needs a list of texts or numbers, found ${JSON.stringify(found)}. ` +
    'Write the accepted answers as a list, or choose the check exact.',
  'environment/no-row-files': ({ dataset, found }: { dataset: string; found: readonly string[] }) =>
    `The dataset ${dataset} should have files of rows (.jsonl or .parquet), but ${found.length === 0 ? 'none was found' : `found ${firstOf(found, 6)}, none named by a split`}. ${NAMES_HELP}`,
  'environment/split-in-places': ({
    dataset,
    split,
    places,
  }: {
    dataset: string;
    split: string;
    places: readonly string[];
  }) =>
    `The dataset ${dataset} has ${split} files in several places: ${firstOf(places, 6)}. ` +
    'Put the ones to use into a folder of their own.',
  'environment/no-dataset': () =>
    `The environment rows has no tasks of its own. Name a file or folder of rows by the setting dataset. ${NAMES_HELP}`,
  'environment/no-rows': ({ dataset }: { dataset: string }) =>
    `The dataset ${dataset} has no rows. ${NAMES_HELP}`,
  'environment/row-id-twice': ({ where, id, other }: At & { id: string; other: Place }) =>
    `${place(where)} has the id ${JSON.stringify(id)}, as ${place(other)} has. Give every row its own id, or none.`,
  'environment/no-parquet': ({ path, reason }: { path: string; reason: Foreign }) =>
    `${path} cannot be read as Parquet (${reason}). ` +
    'Download it again, or write it with Snappy, Zstandard, gzip or no compression.',
  'environment/pattern': ({ where, pattern, reason }: At & { pattern: string; reason: Foreign }) =>
    `${place(where)}: ${JSON.stringify(pattern)} is no pattern that can be used (${reason}). ` +
    "Correct it; RE2's syntax has no look-around and no back-references.",
  'environment/row-line': ({ where, problem }: At & { problem: LineProblem }) =>
    `${place(where)} ${lineProblem(problem)}. Fix or remove the line.`,
  'environment/row-empty': ({ where, column, found, setting }: Found & { column: string; setting: string }) =>
    `${place(where)} has no "${column}", but is ${describe(found)}. Fill it, or name another column by ${setting}.`,
  'environment/prompt-blank': ({ where }: At) =>
    `${place(where)} is blank. Write what is asked, or remove the row.`,
  'environment/prompt-end': ({ where, role }: At & { role: string | null }) =>
    `${place(where)} ends with a message of the role ${role ?? 'none'}. End with the user's, which the policy answers.`,
  'environment/prompt-messages': ({ problem }: { problem: Told }, tell: Tell) => tell(problem),
  'environment/answer-kind': ({ where, found, isList }: Found & { isList: boolean }) =>
    `${place(where)} should be text, a number or true or false, found ${describe(found)}. Correct the row` +
    `${isList ? ', or choose the check one-of' : ''}.`,
  'environment/answer-form': ({ where, found, isBlank, form }: Found & { isBlank: boolean; form: string }) =>
    `${place(where)} ${isBlank ? 'is blank' : `has no answer in the form ${form}`}, found ` +
    `${describe(found)}. Correct the row, or rowAnswerForm.`,
  'environment/row-id': ({ where, found }: Found) =>
    `${place(where)}: "id" should be text or a number, found ${describe(found)}. Write one of them.`,
};
