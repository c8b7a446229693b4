/** Makes a user's file, TypeScript or JavaScript, a module that a guest can import. */
import { init, parse } from 'es-module-lexer';
import { transform } from 'sucrase';
import { EnvironmentError } from '../errors';
import { messageOf } from '../faults';
import type { GuestModule } from './protocol';
import { DOOR_URL } from './door-url';

/** The package whose import is answered by the guest itself. */
const PACKAGE = 'mailgym';

/**
 * Types are removed line by line, so that lines keep their numbers.
 * @param nodeModules whether `node:` modules may be imported
 * @throws EnvironmentError for a file that cannot be read as a module, or imports what it cannot have
 */
export async function prepareModule(name: string, text: string, nodeModules: boolean): Promise<GuestModule> {
  const javascript = withoutTypes(name, text);
  await init();
  let code = javascript;
  // From the end, so that places found before stay right.
  for (const found of importsOf(name, javascript).reverse()) {
    if (found.type === 'import-meta') continue;
    const { specifier, start, end, type } = found;
    if (nodeModules && specifier?.startsWith('node:') === true) continue;
    if (specifier !== PACKAGE) throw refusedImport(name, specifier, lineAt(javascript, start), nodeModules);
    // The place of a dynamic import's specifier includes its quotes.
    code = code.slice(0, start) + (type === 'dynamic' ? `'${DOOR_URL}'` : DOOR_URL) + code.slice(end);
  }
  return { name, code };
}

function withoutTypes(name: string, text: string): string {
  try {
    return transform(text, { transforms: ['typescript'], disableESTransforms: true }).code;
  } catch (error) {
    // Ends in (line:column).
    throw EnvironmentError.of('environment/file-syntax', {
      file: name,
      reason: messageOf(error).replace(/^Error transforming [^:]*: /, ''),
    });
  }
}

function importsOf(name: string, code: string) {
  try {
    return [...parse(code)[0]];
  } catch (error) {
    throw EnvironmentError.of('environment/file-no-module', { file: name, reason: messageOf(error) });
  }
}

function refusedImport(
  name: string,
  specifier: string | undefined,
  line: number,
  nodeModules: boolean,
): EnvironmentError {
  return EnvironmentError.of('environment/file-imports', {
    file: name,
    line,
    module: specifier ?? null,
    allowed: PACKAGE,
    nodeModules,
  });
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
