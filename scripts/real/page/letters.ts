// A task whose rewards always differ between tries, so that two steps of few short ones have something to learn.
import { defineEnvironment } from 'mailgym';

const NAMES = ['Ada', 'Emmy', 'Grace', 'Mary', 'Sofia', 'Rosa', 'Lise', 'Ida'];
const shareOf = (text: string): number => (text.match(/[aeiou]/gi)?.length ?? 0) / Math.max(1, text.length);

export default defineEnvironment({
  id: 'letters',
  title: 'Many vowels',
  tasks: function* ({ split, random }) {
    for (let i = 0; ; i++) {
      const name = NAMES[random.integer(NAMES.length)] ?? 'Ada';
      yield { id: `${split}-${i}`, prompt: `Greet ${name}.`, info: { name } };
    }
  },
  system: 'Answer in a few words.',
  check: ({ text }) => ({ success: shareOf(text) > 0.4, answer: text.trim() }),
  rewards: { vowels: ({ answer }) => shareOf(answer ?? '') },
  expert: ({ info: { name } }) => [`Aloha, ${name}! You are a queen.`],
});
