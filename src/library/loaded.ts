/** What the first call loads: the engine with all its kernels. Defining environments and checking settings need none of it. */
export { ask } from './ask';
export { openEngine } from './engine';
export { evaluate } from './evaluate';
export { train } from './train';
