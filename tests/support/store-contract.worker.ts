/** The store's contract on OPFS, in a worker: only there files have synchronous handles, as a run's worker uses them. */
import { openOpfsStore } from '../../src/run/stores/opfs-store';
import { checkStore } from './store-contract';

let opened = 0;
const openEmpty = () => openOpfsStore(`store-contract/${crypto.randomUUID()}-${opened++}`);
void checkStore(openEmpty).then((failures) => postMessage(failures));
