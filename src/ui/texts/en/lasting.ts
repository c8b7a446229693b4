/** Texts about what is kept, and for how long. */
export const lasting = {
  title: 'This browser keeps nothing for this page',
  why: 'It refuses the page its storage, as in private windows and in frames of other sites. Training works all the same, in memory: runs, imported mail and downloaded models are gone when the page is closed.',
  remedy:
    'Save a run as a file before you leave (Runs, or Adapters & storage), or open the page in a window of its own.',
  elsewhere: 'Open in a window of its own',
};
