/** Everything that reads what comes from outside, as functions of bytes. */
import { CALL_FORMS, TOOL_CALL_FORMS } from '../../src/chat/parse/registry';
import { createChatFormat } from '../../src/chat/chat-format';
import { readMessages } from '../../src/conversation/messages';
import { readConversations } from '../../src/conversation/read';
import { readTools } from '../../src/conversation/tools';
import { memoryFiles } from '../../src/engine/files/memory';
import { parseHubName } from '../../src/engine/files/hub-name';
import { parseModelConfig } from '../../src/engine/model/config';
import { readAdapterFolder } from '../../src/engine/peft';
import { loadDataset } from '../../src/env/mail/corpus/dataset';
import { htmlToText } from '../../src/env/mail/corpus/import/html';
import { parseMailDate, parseTableDate } from '../../src/env/mail/corpus/import/date';
import { importMail } from '../../src/env/mail/corpus/import/mail';
import { importQuestions } from '../../src/env/mail/corpus/import/questions';
import { rtfContent } from '../../src/env/mail/corpus/import/rtf';
import { checkQuery, matchExpression } from '../../src/env/mail/corpus/query';
import rows from '../../src/env/rows';
import { schemaOf } from '../../src/env/settings';
import { memoryFile } from '../../src/formats/files';
import { readGgufHeader } from '../../src/formats/gguf/header';
import { ggufRows } from '../../src/formats/gguf/store';
import { openSafetensors, parseSafetensors, toFloat32 } from '../../src/formats/safetensors';
import { rowCount } from '../../src/formats/tensor-store';
import { unzipFiles } from '../../src/formats/zip';
import { parseEvaluations, parseMetrics, parseWarmStart } from '../../src/report/records';
import { parseTraces } from '../../src/report/trace-reader';
import { readIndex } from '../../src/run/folder/run-index';
import { isStateFile, readOptimizer } from '../../src/run/folder/checkpoint-files';
import { parseJson } from '../../src/run/folder/json';
import { parseCommandLine } from '../../src/settings/arguments';
import { resolveSettings } from '../../src/settings/resolve';
import { defaultSettings, settingsSchema } from '../../src/settings/schema';
import { gguf, json, pst, seedFile, seedFiles, texts, zip } from './seeds';

export interface Target {
  readonly name: string;
  readonly seeds: () => readonly Uint8Array[];
  /** Whatever bytes: it ends, and throws nothing but MailGymError. */
  readonly read: (bytes: Uint8Array) => unknown;
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** For parsers whose input has been JSON before. */
const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(textOf(bytes)) as unknown;
  } catch {
    return textOf(bytes);
  }
};
const PEFT = 'tests/cases/01-peft-rslora/adapter';
const MODEL = 'tests/cases/08-template-ignores-tools/model';
const TINY = 'public/models/mailgym-tiny';
const place = [{ file: 'file' }];
const mailFile =
  (name: string) =>
  async (bytes: Uint8Array): Promise<unknown> =>
    importMail([{ path: name, bytes }]);

const MAIL = 'tests/fixtures/mail-cases';
const RAW_MAIL = (): readonly Uint8Array[] => [
  ...seedFiles(MAIL, /\.(eml|emlx|mbox)$/),
  ...texts(
    'From: =?utf-8?B?w4RubmU=?= <a@x.example>\r\nTo: b@x.example, "C, D" <c@x.example>\r\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\n' +
      'Date: Tue, 4 Mar 2025 09:00:00 +0100\r\nMessage-ID: <1@x.example>\r\nReferences: <0@x.example>\r\nMIME-Version: 1.0\r\n' +
      'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nH=C3=A4\r\n' +
      '--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+SGk8L3A+\r\n--b--\r\n',
  ),
];

const HTML = texts(
  '<html><head><title>T</title><style>p{}</style></head><body><p>One <b>two</b>&nbsp;&#8364;<br>three</p><table><tr><td>a</td><td>b</td></tr></table><!-- c --><ul><li>x<li>y</ul><a href="http://x.example">l</a><div style="display:none">no</div></body></html>',
);
const ROWS = (): readonly Uint8Array[] =>
  texts(
    '{"prompt":"2+2?","answer":"#### 4","id":"a"}\n{"prompt":[{"role":"user","content":"q"}],"answer":5,"level":2}\n',
    'prompt,answer\n"a ""b""",c\n"1\n2",3\n',
    '[{"question":"q","answer":["a","b"]}]',
  );

async function openRows(path: string, bytes: Uint8Array): Promise<void> {
  const settings = defaultSettings(settingsSchema(rows));
  const source = {
    name: 'folder',
    read: () => Promise.resolve(bytes),
    list: () => Promise.resolve([path]),
  };
  const opened = await rows.open(source, { settings, hints: {} });
  opened.close();
}

export const TARGETS: readonly Target[] = [
  {
    name: 'safetensors',
    seeds: () =>
      [
        ...seedFiles('tests/cases', /\.safetensors$/),
        ...seedFiles('tests/fixtures', /\.safetensors$/),
      ].filter((b) => b.length < 20_000),
    read: async (bytes) => {
      const store = await openSafetensors(memoryFile(bytes, 'o', 'x.safetensors'), 'o').catch(
        (error: unknown) => error,
      );
      const { tensors } = parseSafetensors(bytes, 'o');
      for (const [name, tensor] of tensors) toFloat32(tensor, name, 'o');
      return store;
    },
  },
  {
    name: 'gguf',
    seeds: () => [gguf()],
    read: async (bytes) => {
      const file = memoryFile(bytes, 'o', 'x.gguf');
      const { tensors } = await readGgufHeader(file, 'o');
      for (const tensor of [...tensors.values()].slice(0, 20)) {
        const stored = ggufRows(file, tensor, 'o');
        if (stored.bytes < 1e6) await stored.read(0, Math.min(4, rowCount(stored.shape)));
      }
    },
  },
  {
    name: 'zip',
    seeds: () => [
      seedFile(`${MAIL}/takeout.zip`),
      zip({ 'a/adapter_config.json': new Uint8Array(40), 'b.txt': new TextEncoder().encode('b'.repeat(99)) }),
    ],
    read: (bytes) => unzipFiles(bytes, 'o'),
  },
  {
    name: 'adapter weights',
    seeds: () => seedFiles('tests/cases', /adapter_model\.safetensors$/),
    read: (bytes) =>
      readAdapterFolder(
        new Map([
          ['adapter_config.json', seedFile(`${PEFT}/adapter_config.json`)],
          ['adapter_model.safetensors', bytes],
        ]),
        tinyConfig(),
      ),
  },
  {
    name: 'adapter_config.json',
    seeds: () => seedFiles('tests/cases', /adapter_config\.json$/),
    read: (bytes) =>
      readAdapterFolder(
        new Map([
          ['adapter_config.json', bytes],
          ['adapter_model.safetensors', seedFile(`${PEFT}/adapter_model.safetensors`)],
        ]),
        tinyConfig(),
      ),
  },
  {
    name: 'config.json of a model',
    seeds: () => [
      ...Object.values(parsed(seedFile('tests/fixtures/published-configs.json')) as object).flatMap(
        (one: unknown) => json(one),
      ),
      ...seedFiles('tests/cases', /\/config\.json$/),
    ],
    read: (bytes) => parseModelConfig(parsed(bytes), 'o'),
  },
  {
    name: 'chat template',
    seeds: () =>
      seedFiles('tests/cases', /\.jinja$/).concat(
        texts(
          '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}',
        ),
      ),
    read: (bytes) => chatOf({ 'chat_template.jinja': bytes }),
  },
  {
    name: 'tokenizer_config.json',
    seeds: () => [seedFile(`${TINY}/tokenizer_config.json`)],
    read: (bytes) => chatOf({ 'tokenizer_config.json': bytes }),
  },
  {
    name: 'tokenizer.json',
    seeds: () => [smallTokenizer()],
    read: (bytes) => chatOf({ 'tokenizer.json': bytes }),
  },
  ...TOOL_CALL_FORMS.map((form): Target => ({
    name: `tool calls, ${form}`,
    seeds: () => {
      const turns = JSON.parse(textOf(seedFile('tests/cases/14-tool-calls/turns.json'))) as readonly {
        readonly text: string;
      }[];
      return texts(
        ...turns.map(({ text }) => text),
        '<tool_call>{"name":"a","arguments":{"b":[1,"c"]}}</tool_call>',
        '[TOOL_CALLS][{"name":"a","arguments":{}}]',
        '[a(b=1, c="d", e=[1, {\'f\': None}])]',
        'call:a{b:<escape>c<escape>}',
      );
    },
    read: (bytes) => CALL_FORMS[form].parse(textOf(bytes)),
  })),
  {
    name: 'conversations',
    seeds: () =>
      json({
        messages: [
          { role: 'user', content: 'q' },
          {
            role: 'assistant',
            content: '',
            tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
          },
          { role: 'tool', tool_call_id: 'x', content: 'r' },
          { role: 'assistant', content: 'a' },
        ],
        tools: [{ type: 'function', function: { name: 'f', parameters: {} } }],
      }),
    read: (bytes) => readConversations(textOf(bytes), { file: 'c.jsonl', badLines: 'count' }),
  },
  {
    name: 'messages',
    seeds: () => json([{ role: 'user', content: [{ type: 'text', text: 'a' }] }]),
    read: (bytes) => readMessages(parsed(bytes), place),
  },
  {
    name: 'tools',
    seeds: () =>
      json([
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'd',
            parameters: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          },
        },
      ]),
    read: (bytes) => readTools(parsed(bytes), place),
  },
  { name: 'rows, JSON lines', seeds: ROWS, read: (bytes) => openRows('train.jsonl', bytes) },
  { name: 'rows, JSON', seeds: ROWS, read: (bytes) => openRows('train.json', bytes) },
  { name: 'rows, CSV', seeds: ROWS, read: (bytes) => openRows('train.csv', bytes) },
  {
    name: 'rows, Parquet',
    seeds: () => seedFiles('tests/fixtures/rows', /\.parquet$/),
    read: (bytes) => openRows('train.parquet', bytes),
  },
  { name: 'mail, raw', seeds: RAW_MAIL, read: mailFile('a.eml') },
  { name: 'mail, mbox', seeds: RAW_MAIL, read: mailFile('a.mbox') },
  {
    name: 'mail, records',
    seeds: () => [
      ...seedFiles(MAIL, /\.(jsonl|csv)$/),
      ...json([{ from: 'a@x', to: ['b@x'], subject: 's', date: 1e12, body: 'b', message_id: '<1@x>' }]),
    ],
    read: mailFile('a.jsonl'),
  },
  {
    name: 'mail, archives',
    seeds: () => [...seedFiles(MAIL, /\.zip$/), zip({ 'a.eml': seedFile(`${MAIL}/cal.eml`) })],
    read: mailFile('a.zip'),
  },
  { name: 'mail, MSG', seeds: () => seedFiles(MAIL, /\.msg$/), read: mailFile('a.msg') },
  { name: 'mail, PST', seeds: () => [pst(23), pst(14)], read: mailFile('a.pst') },
  { name: 'mail, winmail.dat', seeds: () => seedFiles(MAIL, /winmail\.eml$/), read: mailFile('w.eml') },
  { name: 'HTML', seeds: () => HTML, read: (bytes) => htmlToText(textOf(bytes)) },
  {
    name: 'RTF',
    seeds: () =>
      texts("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 A;}}\\pard Hi\\par \\u8364? \\'e4{\\*\\htmltag <b>}}"),
    read: (bytes) => rtfContent(textOf(bytes)),
  },
  {
    name: 'dates',
    seeds: () =>
      texts('Tue, 4 Mar 2025 09:00:00 +0100', '2025-03-04T09:00:00Z', '04/03/2025 9:00 PM', '4. März 2025'),
    read: (bytes) => [
      parseMailDate(textOf(bytes)),
      parseTableDate(textOf(bytes), true),
      parseTableDate(textOf(bytes), false),
    ],
  },
  {
    name: 'questions',
    seeds: () => [
      ...seedFiles(MAIL, /questions\.jsonl$/),
      ...json({
        data: [
          {
            title: 't',
            paragraphs: [
              { context: 'c', qas: [{ question: 'q', id: 'i', answers: [{ text: 'a', answer_start: 0 }] }] },
            ],
          },
        ],
      }),
    ],
    read: async (bytes) =>
      importQuestions(
        textOf(bytes),
        'q.jsonl',
        await importMail([{ path: 'm.mbox', bytes: seedFile(`${MAIL}/all-mail.mbox`) }]),
      ),
  },
  {
    name: 'dataset',
    seeds: () =>
      json(
        {
          format: 1,
          name: 'd',
          emailFiles: ['emails.jsonl'],
          splits: { train: 'q.jsonl', validation: 'q.jsonl', test: 'q.jsonl' },
        },
        { id: 'm1', from: 'a@x', to: ['b@x'], cc: [], subject: 's', date: 1e12, body: 'b', folder: 'inbox' },
      ).concat([seedFile('public/datasets/mailgym-office/dataset.json')]),
    read: (bytes) => loadDataset(() => Promise.resolve(bytes)),
  },
  {
    name: 'search',
    seeds: () => texts('invoice', '"a b" OR c*', 'NEAR(a b)', '北京'),
    read: (bytes) => {
      const keywords = textOf(bytes).split(' ');
      return checkQuery(
        { inbox: 'a@x', fromAddr: keywords[0] ?? '', sentAfter: keywords[1] ?? '', keywords },
        (all) => [matchExpression(all)],
      );
    },
  },
  {
    name: 'metrics and evaluations',
    seeds: () => seedFiles('tests/fixtures/run-4e8ab61', /metrics\.jsonl$|eval_.*\.json$/),
    read: (bytes) => [
      parseMetrics(textOf(bytes)),
      parseWarmStart(textOf(bytes)),
      parseEvaluations(textOf(bytes), {}),
    ],
  },
  {
    name: 'traces',
    seeds: () => json({ format: 1, step: 1, env: 'mail', prompt: [], completion: [], reward: 1 }),
    read: (bytes) => parseTraces(textOf(bytes), 'rollouts.jsonl'),
  },
  { name: 'runs.json', seeds: () => seedFiles('tests/fixtures/run-4e8ab61', /runs\.json$/), read: readIndex },
  {
    name: 'trainer_state.json',
    seeds: () => seedFiles('tests/fixtures/run-4e8ab61', /trainer_state\.json$/),
    read: (bytes) => isStateFile(parseJson(bytes)),
  },
  {
    name: 'optimizer.safetensors',
    seeds: () => seedFiles('tests/fixtures/run-4e8ab61', /optimizer\.safetensors$/),
    read: (bytes) => readOptimizer(bytes, 'optimizer.safetensors'),
  },
  {
    name: 'file of settings',
    seeds: () =>
      json({ preset: 'smoke', maxSteps: 3, loraTargets: ['q_proj'] }, { preset: 'default', mode: 'rollout' }),
    read: (bytes) => resolveSettings({ file: parsed(bytes) }, schemaOf('mail')),
  },
  {
    name: 'command line',
    seeds: () => texts('--maxSteps\n3\n--set\nbeta=0.1', '--verbose\n--mode=rollout'),
    read: (bytes) => {
      const { flags } = parseCommandLine(textOf(bytes).split('\n'), schemaOf('mail'), ['config']);
      return resolveSettings({ flags }, schemaOf('mail'));
    },
  },
  {
    name: 'hub names',
    seeds: () => texts('hub:owner/name@main', 'hub:owner/name/folder/file.gguf'),
    read: (bytes) => parseHubName(textOf(bytes)),
  },
];

let config: ReturnType<typeof parseModelConfig> | null = null;
const tinyConfig = (): ReturnType<typeof parseModelConfig> =>
  (config ??= parseModelConfig(parsed(seedFile(`${TINY}/config.json`)), TINY));

/** The built-in model's tokenizer with its first 300 tokens and no merges: small enough to be edited often. */
function smallTokenizer(): Uint8Array {
  const whole = parsed(seedFile(`${TINY}/tokenizer.json`)) as {
    model: { vocab: Record<string, number>; merges: unknown };
  };
  const vocab = Object.fromEntries(Object.entries(whole.model.vocab).filter(([, id]) => id < 300));
  return json({ ...whole, model: { ...whole.model, vocab, merges: [] } })[0] ?? new Uint8Array();
}

/** Opens a model's chat with some of its files replaced, and renders what a rollout renders. */
async function chatOf(replaced: Readonly<Record<string, Uint8Array>>): Promise<unknown> {
  const names = ['config.json', 'tokenizer_config.json', 'tokenizer.json'];
  const files = new Map(
    names.map((name) => [
      name,
      replaced[name] ??
        (name === 'tokenizer.json' ? (small ??= smallTokenizer()) : seedFile(`${TINY}/${name}`)),
    ]),
  );
  const template = replaced['chat_template.jinja'];
  if (template !== undefined) files.set('chat_template.jinja', template);
  const chat = await createChatFormat(memoryFiles(files, MODEL));
  const ids = chat.prompt(
    [
      { role: 'system', content: 's' },
      { role: 'user', content: 'a' },
    ],
    [],
  );
  return chat.decode([
    ...ids,
    ...chat.continuation([{ role: 'tool', content: 'r', tool_call_id: 'x', name: 'f' }], true),
  ]);
}
let small: Uint8Array | null = null;
