/** `npm run check:rooms`: every import against the table of rooms; status 1 when one is against it. */
import { roomViolations } from './rooms/check';
import { REPOSITORY } from './runtime/page';

const found = await roomViolations(REPOSITORY, ['src', 'workers', 'scripts']);
for (const comment of new Set(found.map((violation) => violation.comment))) {
  console.error(`\n${comment}`);
  for (const { from, to } of found.filter((violation) => violation.comment === comment)) {
    console.error(`  ${from} -> ${to}`);
  }
}
console.log(
  found.length === 0 ? 'Every import fits the rooms.' : `\n${found.length} imports are against the rooms.`,
);
process.exitCode = found.length > 0 ? 1 : 0;
