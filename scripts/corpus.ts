/**
 * What the importers make of real mail, and datasets from it.
 *
 *   npm run corpus -- inspect PATH… [--json]
 *   npm run corpus -- build --mail PATH… --questions FILE --out DIR [--name NAME] [--licence TEXT]
 *
 * Exit status: 0 done, 1 no mail or no questions to work with, 2 the command itself is wrong.
 */
import { runCorpus } from './corpus/command';

process.exitCode = await runCorpus(process.argv.slice(2), { info: console.log, error: console.error });
