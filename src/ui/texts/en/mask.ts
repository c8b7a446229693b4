/** Texts of the view that teaches what the mask does. */
export const mask = {
  title: 'What the mask does',
  lead: 'A conversation with tools is one long text, but the model wrote only part of it: its searches and its answer. The rest came from the mailbox. Training changes how likely each counted token becomes, so it matters which tokens count.',
  ofExample:
    'This is an example made by hand. Once a run has started, the trajectory you open in “Trajectories” is shown here.',
  ofRun: (question: string) => `The trajectory on “${question}” of this run.`,
  share: (counted: number, total: number, share: string) =>
    `${counted} of ${total} tokens trained (${share})`,
  mode: {
    masked: {
      name: 'Masked',
      label: 'Tokens in masked mode',
      text: 'Only what the model chose counts. A good answer makes its own searches and words more likely, and nothing else.',
    },
    rollout: {
      name: 'Unmasked',
      label: 'Tokens in unmasked mode',
      text: 'Everything after the prompt counts. After a good answer the model is also pushed to foretell the mails it was shown, and after a bad one to find them unlikely: text that it never chose.',
    },
  },
};
