import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of the program beside a module: TypeScript in a checkout, a script in a bundle. @param url the module's `import.meta.url` */
export function programBeside(name: string, url: string): string {
  return fileURLToPath(new URL(`./${name}${extname(new URL(url).pathname)}`, url));
}
