/** `npm run build`: writes the static page to dist/. */
import { buildPage } from './runtime/page';

await buildPage(console.log);
