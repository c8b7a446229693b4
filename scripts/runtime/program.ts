import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of the program beside a module: TypeScript in a checkout, a script in a bundle. @param url the module's `import.meta.url` */
export function programBeside(name: string, url: string): string {
  return fileURLToPath(new URL(`./${name}${extname(new URL(url).pathname)}`, url));
}

/** Path of one of the commands, `train` for one: in a checkout below scripts/, in a bundle beside this file. */
export function commandProgram(name: string): string {
  const url = import.meta.url;
  return extname(new URL(url).pathname) === '.ts'
    ? fileURLToPath(new URL(`../${name}.ts`, url))
    : programBeside(name, url);
}
