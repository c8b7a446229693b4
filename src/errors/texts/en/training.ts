/** Texts of TrainingError. */
export const training = {
  'training/expert-turn': ({ text, form }: { text: string; form: string }) =>
    `An expert's turn would be read back as another one: ${JSON.stringify(text)} (form ${form}). Leave tool-call marks out of ` +
    'its text, and give arguments that are plain JSON.',
};
