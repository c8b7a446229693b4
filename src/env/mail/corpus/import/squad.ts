/** SQuAD-shaped JSON whose contexts are raw mails: `{data: [{paragraphs: [{context, qas: [{question, answers: [{text}]}]}]}]}`. */
import { isRecord } from '../records';

export interface SquadQuestion {
  readonly id: string;
  readonly question: string;
  /** Empty for an impossible question. */
  readonly answers: readonly string[];
}

export interface SquadParagraph {
  readonly context: string;
  readonly questions: readonly SquadQuestion[];
}

/** The paragraphs, or null when the value has another shape. Paragraphs without a context are left out. */
export function squadParagraphs(value: unknown): SquadParagraph[] | null {
  const data = isRecord(value) ? (value['data'] ?? [value]) : value;
  if (!Array.isArray(data)) return null;
  const paragraphs = data.flatMap((article: unknown) => {
    if (!isRecord(article)) return [];
    const inside = article['paragraphs'];
    return Array.isArray(inside) ? (inside as unknown[]) : [article];
  });
  const found = paragraphs.filter(isRecord).flatMap((paragraph) => {
    const { context, qas } = paragraph;
    return typeof context === 'string' && Array.isArray(qas)
      ? [{ context, questions: qas.flatMap(squadQuestion) }]
      : [];
  });
  return found.length === 0 ? null : found;
}

function squadQuestion(value: unknown): SquadQuestion[] {
  if (!isRecord(value) || typeof value['question'] !== 'string') return [];
  const answers = Array.isArray(value['answers']) ? (value['answers'] as unknown[]) : [];
  const texts = answers.flatMap((answer) =>
    isRecord(answer) && typeof answer['text'] === 'string' ? [answer['text']] : [],
  );
  const impossible = value['is_impossible'] === true;
  return [
    {
      id: String(value['id'] ?? ''),
      question: value['question'],
      answers: impossible ? [] : [...new Set(texts)],
    },
  ];
}
