/** The model card, README.md of an exported folder: what it was made from, how, and how well it did. */
import type { ExportFormat } from '../settings/choices';
import type { LoraConfig } from '../engine/types';

/** What is known of the run; from its `metadata.json`, of which every part may be missing. */
export interface CardFacts {
  readonly baseModel: string | null;
  readonly format: ExportFormat;
  readonly type: string;
  readonly lora: LoraConfig | null;
  /** Content of `metadata.json`. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** Settings that say how a run trains; the others are about places, saving and display. */
const TOLD = [
  ...[
    'mode',
    'environment',
    'dataset',
    'maxSteps',
    'batchSize',
    'numGenerations',
    'learningRate',
    'lrSchedule',
  ],
  ...[
    'lossType',
    'advantage',
    'beta',
    'epsilonLow',
    'epsilonHigh',
    'numIterations',
    'temperature',
    'maxTokens',
  ],
  ...['maxSeqLength', 'maxTurns', 'weightDecay', 'maxGradNorm', 'warmStartEpisodes', 'baseWeights', 'seed'],
];

export function modelCard({ baseModel, format, type, lora, metadata }: CardFacts): string {
  const settings = recordOf(metadata?.['settings']);
  const front = [
    '---',
    // A folder or an address is no name that the hub could link to.
    ...(baseModel !== null && /^[\w.-]+\/[\w.-]+$/.test(baseModel) ? [`base_model: ${baseModel}`] : []),
    ...(format === 'peft' ? ['library_name: peft'] : []),
    ...(format === 'onnx' ? ['library_name: transformers.js'] : []),
    ...(format === 'safetensors' ? ['library_name: transformers'] : []),
    'pipeline_tag: text-generation',
    'tags:',
    ...['grpo', 'reinforcement-learning', 'tool-use', ...(lora === null ? [] : ['lora']), 'mailgym'].map(
      (tag) => `  - ${tag}`,
    ),
    '---',
  ];
  const data = [settings?.['environment'], metadata?.['dataset'] ?? settings?.['dataset']].filter(
    (part) => typeof part === 'string',
  );
  const facts = [
    `Base model: ${baseModel ?? 'not known'}.`,
    `Trained on: ${data.length === 0 ? 'not known' : data.map((part) => `\`${part}\``).join(', data ')}.`,
    lora === null ? 'No adapter: the base model itself.' : `Adapter: ${adapterLine(lora)}.`,
    `Files: ${FORMATS[format]}${format === 'peft' ? '' : `, numbers as ${type}`}.`,
  ];
  const results = resultLines(metadata);
  const told = TOLD.filter((key) => settings?.[key] !== undefined);
  return [
    ...front,
    '',
    `# ${baseModel?.split('/').at(-1) ?? 'Model'}, trained with MailGym`,
    '',
    ...facts.map((line) => `- ${line}`),
    '',
    '## Results',
    '',
    ...(results.length === 0 ? ['None were recorded with these files.'] : results.map((line) => `- ${line}`)),
    ...(told.length === 0
      ? []
      : [
          '',
          '## Settings',
          '',
          '| Setting | Value |',
          '| --- | --- |',
          ...told.map((key) => `| ${key} | ${cell(settings?.[key])} |`),
        ]),
    '',
    '## Use',
    '',
    ...USE[format],
    '',
  ].join('\n');
}

const FORMATS: Readonly<Record<ExportFormat, string>> = {
  peft: 'adapter for PEFT (adapter_config.json, adapter_model.safetensors)',
  safetensors: 'whole model, adapter folded in, safetensors',
  gguf: 'whole model, adapter folded in, GGUF',
  'gguf-adapter': 'adapter alone, GGUF',
  onnx: 'whole model, adapter folded in, ONNX',
};

const code = (language: string, ...lines: readonly string[]) => [`\`\`\`${language}`, ...lines, '```'];
const USE: Readonly<Record<ExportFormat, readonly string[]>> = {
  peft: code(
    'python',
    'from peft import AutoPeftModelForCausalLM',
    'model = AutoPeftModelForCausalLM.from_pretrained("this folder")',
  ),
  safetensors: code(
    'python',
    'from transformers import AutoModelForCausalLM',
    'model = AutoModelForCausalLM.from_pretrained("this folder")',
  ),
  gguf: code('sh', 'llama-cli -m model.gguf', '# Ollama: a Modelfile with the line', '# FROM ./model.gguf'),
  'gguf-adapter': code(
    'sh',
    'llama-cli -m base-model.gguf --lora adapter.gguf',
    '# Ollama: a Modelfile with the lines',
    '# FROM ./base-model.gguf',
    '# ADAPTER ./adapter.gguf',
  ),
  onnx: code(
    'js',
    "import { pipeline } from '@huggingface/transformers';",
    "const generator = await pipeline('text-generation', 'this folder');",
  ),
};

function adapterLine({ r, alpha, rslora = false, targets, modules }: LoraConfig): string {
  const scale = rslora ? ', rank-stabilised' : '';
  if (modules === undefined) return `LoRA of rank ${r}, alpha ${alpha}${scale}, on ${targets.join(', ')}`;
  const ranks = [...new Set(modules.map((module) => module.r))].sort((a, b) => a - b);
  return `LoRA of rank ${ranks.join(' and ')}${scale}, on ${modules.length} projections`;
}

function resultLines(metadata: CardFacts['metadata']): string[] {
  if (metadata === null) return [];
  const lines: string[] = [];
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const { step, accuracy, best } = metadata;
  if (typeof step === 'number') lines.push(`After step ${step}.`);
  if (typeof accuracy === 'number') lines.push(`Accuracy on the validation tasks: ${percent(accuracy)}.`);
  const record = recordOf(best);
  if (typeof record?.['accuracy'] === 'number' && typeof record['step'] === 'number') {
    lines.push(`Best accuracy of the run: ${percent(record['accuracy'])}, after step ${record['step']}.`);
  }
  const tasks = metadata['evalQuestionIds'];
  if (Array.isArray(tasks)) lines.push(`Measured on ${tasks.length} tasks that were not trained on.`);
  return lines;
}

const cell = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('|', '\\|').slice(0, 200);

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
