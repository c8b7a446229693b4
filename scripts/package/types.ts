/** The package's types: declarations as TypeScript writes them, with paths that every module resolution understands. */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { REPOSITORY } from '../runtime/page';
import { ENTRIES, LIBRARY } from './entries';
import { PackageError } from './scripts';

const SOURCES = join(REPOSITORY, 'src');
const TYPES = join(REPOSITORY, LIBRARY, 'types');
/** Both platforms offer the same. */
const PLATFORM = join(SOURCES, 'run', 'platform', 'browser');

const FORMAT: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => REPOSITORY,
  getNewLine: () => '\n',
};

/** @throws PackageError naming what TypeScript refuses */
export function buildTypes(): void {
  const entries = Object.values(ENTRIES).map((path) => join(REPOSITORY, path));
  const program = ts.createProgram(entries, {
    ...compilerOptions(),
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: SOURCES,
    outDir: TYPES,
  });
  const wrong = ts.getPreEmitDiagnostics(program);
  if (wrong.length > 0) throw new PackageError(ts.formatDiagnostics(wrong, FORMAT));
  program.emit(undefined, (file, text) => {
    const source = join(SOURCES, relative(TYPES, file));
    ts.sys.writeFile(file, withExtensions(text, source));
  });
}

function compilerOptions(): ts.CompilerOptions {
  const path = join(REPOSITORY, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, REPOSITORY).options;
}

/** The declaration with `./x` as `./x.js` or `./x/index.js`. @param source the file that it is made from */
function withExtensions(text: string, source: string): string {
  let result = '';
  let copied = 0;
  const specifiers = ts.preProcessFile(text).importedFiles.filter(({ fileName }) => /^[.#]/.test(fileName));
  for (const { fileName, pos } of specifiers.sort((a, b) => a.pos - b.pos)) {
    const start = text.indexOf(fileName, pos);
    result += text.slice(copied, start) + resolved(fileName, source);
    copied = start + fileName.length;
  }
  return result + text.slice(copied);
}

function resolved(specifier: string, source: string): string {
  const target = specifier === '#platform' ? PLATFORM : join(dirname(source), specifier);
  const file = [`${target}.ts`, join(target, 'index.ts')].find((path) => existsSync(path));
  if (file === undefined)
    throw new PackageError(`${source} names ${specifier}, and there is no such source.`);
  const path = relative(dirname(source), file).replaceAll('\\', '/').replace(/\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}
