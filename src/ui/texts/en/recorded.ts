/** Texts about the runs that come with the page. */
export const recorded = {
  title: 'Recorded runs',
  lead: 'Made with this page’s own training and shown as they were: curves, conversations and what each step did. Nothing is computed, so no graphics card is needed.',
  name: {
    masked: 'Masked',
    rollout: 'Unmasked',
    'warm-start': 'Masked, after a warm start',
  },
  named: (name: string) => `Recorded: ${name.toLowerCase()}`,
  about: (day: string, machine: string, size: string) => `Recorded on ${day}, ${machine}; ${size} to fetch`,
  compare: 'Compare all three',
  tag: 'recorded',
  note: (day: string, machine: string) => `A recorded run, made on ${day}: ${machine}.`,
};
