import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { english } from './en';

const UI = 'src/ui';
const sources = readdirSync(UI, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.') && !path.startsWith('texts'))
  .map((path) => ({ path, text: readFileSync(join(UI, path), 'utf8') }));

/** Attributes that are read or spoken. */
const SAID =
  /^(aria-label|aria-valuetext|aria-description|aria-roledescription|title|placeholder|alt|label|legend|caption)$/;
/** Signs that are the same in every language, and units of the page's own table. */
const SIGNS = /^[^\p{L}]*$|^i$/u;

/** Operators that may give either side, or both. */
const GIVES = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
]);

/** Words in JSX that come from no catalogue, with their places. */
function literals(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const note = (node: ts.Node, words: string): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    if (!SIGNS.test(words.trim())) found.push(`${path}:${line + 1} ${words.trim()}`);
  };
  /** Whatever an expression may come to: either branch, both sides, the words between what a template holds. */
  const weigh = (node: ts.Expression): void => {
    if (ts.isStringLiteralLike(node)) note(node, node.text);
    else if (ts.isParenthesizedExpression(node)) weigh(node.expression);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(weigh);
    else if (ts.isBinaryExpression(node) && GIVES.has(node.operatorToken.kind))
      [node.left, node.right].forEach(weigh);
    else if (ts.isTemplateExpression(node)) {
      [node.head, ...node.templateSpans.map(({ literal }) => literal)].forEach(({ text: words }) =>
        note(node, words),
      );
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text);
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) {
      weigh(node.expression);
    }
    if (ts.isJsxAttribute(node) && SAID.test(node.name.getText()) && node.initializer) {
      const { initializer } = node;
      const inner = ts.isJsxExpression(initializer) ? initializer.expression : initializer;
      if (inner && !ts.isJsxElement(inner)) weigh(inner as ts.Expression);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('texts of the page', () => {
  it('no view has words of its own', () => {
    const views = sources.filter(({ path }) => path.endsWith('.tsx'));
    expect(views.flatMap(({ path, text }) => literals(path, text))).toEqual([]);
  });

  it('words in a view are found, and signs are not words', () => {
    const view = '<p title="Hello" class="x">Hi {"there"} {t.a.b} · ×</p>';
    expect(literals('a.tsx', view)).toEqual(['a.tsx:1 Hello', 'a.tsx:1 Hi', 'a.tsx:1 there']);
    const hidden =
      '<p aria-label={`To ${a} too`}>{a ? ("one") : t.b + " more"} {c || "none"} {f("no word")}</p>';
    expect(literals('a.tsx', hidden).map((one) => one.slice(8))).toEqual([
      'To',
      'too',
      'one',
      'more',
      'none',
    ]);
  });

  // What these give is English; src/ui/format.ts and src/ui/metrics.ts have the same in the page's language.
  it('views take numbers, times and metrics in the language of the page', () => {
    const english =
      /import \{[^}]*\}\s*from '[./]*report\/(format|evaluation)'|\b(EVALUATION_METRICS|STEP_METRICS|WARM_START_METRICS)\b|toLocale\w*String|import \{[^}]*\b(stepMetric|warmStartMetric|rewardMetrics|metricText)\b[^}]*\}\s*from '[./]*report/;
    const own = ['format.ts', 'metrics.ts'];
    const wrong = sources.filter(({ path, text }) => !own.includes(path) && english.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('every text of a section is used', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const unused = Object.entries(english).flatMap(([section, texts]) =>
      Object.keys(texts)
        .filter((key) => !new RegExp(`[.'{, \\[]${key}\\b`).test(all))
        .map((key) => `${section}.${key}`),
    );
    expect(unused).toEqual([]);
  });
});
