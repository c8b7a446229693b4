/** A process that takes a run's folder, says whether it got it, and keeps it until its input ends. For lock.test.ts. */
import { lockFolderInNode } from '../../src/run/folder/lock-node';
import { openFsStore } from '../../src/run/stores/fs-store-node';

const [folder = ''] = process.argv.slice(2);
try {
  const lock = await lockFolderInNode(await openFsStore(folder), folder);
  console.log('held');
  process.stdin.resume();
  process.stdin.on('end', () => void lock.release());
} catch (error) {
  console.log(`refused: ${(error as Error).message}`);
}
