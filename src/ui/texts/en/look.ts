/** Texts about how the page looks. */
export const look = {
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark', contrast: 'High contrast' },
  present: 'Present',
  presentNote: 'Large type and three charts, for a class. Key P; Escape leaves.',
  leave: 'Leave presentation',
  charts: 'How charts are drawn',
  smoothing: 'Smoothing',
  smoothingOf: (steps: number) => (steps === 1 ? 'none' : `mean of ${steps} steps`),
  scale: 'Scale',
  linear: 'linear',
  log: 'logarithmic, where all values are positive',
  zoomNote: 'Drag over a chart to see a part of the run.',
  whole: 'Whole run',
  smoothed: (steps: number) => `Drawn as the mean of ${steps} steps.`,
};
