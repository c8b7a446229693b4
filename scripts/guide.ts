/** Puts the guides for teachers (docs/guide) beside the page, as pages that print well: guide/teachers.html and so on. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import MarkdownIt from 'markdown-it';
import type { Plugin } from 'vite';

const GUIDES = 'docs/guide';
const PICTURES = 'docs/pictures';
const FOLDER = 'guide';

const STYLE = `
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 system-ui, sans-serif; color: #1d2125; background: #fff }
h1, h2, h3 { line-height: 1.25; break-after: avoid }
table { border-collapse: collapse; width: 100% } th, td { border: 1px solid #8a9099; padding: .3rem .5rem; text-align: left; vertical-align: top }
table, img, li { break-inside: avoid } img { max-width: 100%; border: 1px solid #8a9099 }
a { color: #0b5d56 }
@media print { body { max-width: none; margin: 0; font-size: 10.5pt } a { color: inherit } }
`;

/** Each guide by the name of its page, and the pictures that it shows. */
function guides(): { readonly name: string; readonly html: string; readonly pictures: readonly string[] }[] {
  return readdirSync(GUIDES)
    .filter((file) => file.endsWith('.md'))
    .map((file) => {
      const text = readFileSync(join(GUIDES, file), 'utf8');
      const language = /\.([a-z]{2}-[A-Z]{2})\.md$/.exec(file)?.[1] ?? 'en';
      const title = /^# (.+)$/m.exec(text)?.[1] ?? file;
      const pictures = [...text.matchAll(/\]\(\.\.\/pictures\/([^)]+)\)/g)].map(([, name = '']) => name);
      const body = new MarkdownIt({ html: false })
        .render(text)
        // Pictures lie beside the page; another guide is a page too; files of the repository are not there.
        .replaceAll('../pictures/', 'pictures/')
        .replace(/href="(teachers[^"/]*)\.md"/g, 'href="$1.html"')
        .replace(/<a href="(?:\.\.\/)+[^"]*\.md[^"]*">(.*?)<\/a>/g, '$1');
      const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`;
      const html = `<!doctype html><html lang="${language}"><head>${head}<style>${STYLE}</style></head><body>${body}</body></html>`;
      return { name: basename(file).replace(/\.md$/, '.html'), html, pictures };
    });
}

/** The built page has them as files; the development server makes them when they are asked for. */
export function guide(): Plugin {
  return {
    name: 'mailgym-guide',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const wanted = /^\/guide\/([^?#]+)/.exec(request.url ?? '')?.[1];
        const found = guides().find(({ name }) => name === wanted);
        if (found === undefined) {
          next();
          return;
        }
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(found.html);
      });
    },
    writeBundle({ dir }) {
      if (dir === undefined) throw new Error('the build has no folder');
      const folder = join(dir, FOLDER);
      mkdirSync(join(folder, 'pictures'), { recursive: true });
      for (const { name, html, pictures } of guides()) {
        writeFileSync(join(folder, name), html);
        for (const picture of pictures) {
          const path = join(PICTURES, picture);
          // The pictures are of this page, so it must be built before there are any.
          if (existsSync(path)) cpSync(path, join(folder, 'pictures', picture));
          else this.warn(`${path}, which ${name} shows, is not there; npm run pictures makes it`);
        }
      }
    },
  };
}
