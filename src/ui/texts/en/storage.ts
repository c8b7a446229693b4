/** Texts of the view of adapters and storage. */
import { count } from '../../../report/format';

export const storage = {
  lead: 'An adapter is the small set of weights that a run has learned. The download is a zip in PEFT format, with the run’s metrics; an export has the whole model in it, or the adapter in other forms.',
  looking: 'Looking into the browser’s storage…',
  empty:
    'No adapters yet. A run saves its best model, checkpoints and the final adapter in this browser; here you download them.',
  usage: (used: string, quota: string) =>
    `This page uses ${used} of the ${quota} that the browser allows it (models and programs included).`,
  keptOffline: 'The page is kept in this browser: it starts without a network from now on.',
  running: 'running',
  unfinished: 'unfinished',
  steps: (of: { readonly step: number; readonly of: number; readonly reward: string }) =>
    `${count(of.step, 'step')} of ${of.of}, reward ${of.reward}`,
  noCurves: 'No curves were kept.',
  adapterOf: (folder: string) => `Adapter of ${folder}`,
  adapter: {
    best: 'Best model (highest validation accuracy)',
    final: 'Final (after the last step)',
    warmStart: 'After the warm start, before GRPO',
    checkpoint: (step: number | null) => `Checkpoint after step ${step ?? '?'}`,
  },
  download: 'Download',
  export: 'Export…',
  exportOf: (adapter: string) => `Export of ${adapter}`,
  exportAs: 'Export as',
  exportNow: 'Export',
  cancel: 'Cancel',
  form: {
    gguf: (type: string) => `Whole model as GGUF, ${type.toUpperCase()}`,
    safetensors: (type: string) => `Whole model as safetensors, ${type}`,
    'gguf-adapter': (type: string) => `Adapter alone as GGUF, ${type.toUpperCase()}`,
    onnx: (type: string) => `Whole model as ONNX, ${type}`,
  },
  formNote: {
    gguf: 'For llama.cpp, Ollama and wllama.',
    safetensors: 'For transformers and what reads its folders.',
    'gguf-adapter': 'For llama.cpp (--lora) and Ollama (ADAPTER), beside the model it was trained on.',
    onnx: 'For a transformers.js text-generation pipeline.',
  },
  anyTokenizer: 'Also where llama.cpp cuts text a little otherwise than this model was trained with',
  measuring: 'Looking how large it will be…',
  failed: 'How large it will be could not be found out.',
  aboutSize: (size: string) => `About ${size}.`,
  exporting: (done: number, total: number) =>
    total === 0 ? 'Starting…' : `Writing tensor ${done + 1} of ${total}`,
  writtenInto: (folder: string) => `Written into ${folder}.`,
  downloaded: (file: string) => `Handed to the browser’s downloads as ${file}.`,
  askTestQuestions: 'Ask the test questions',
  goOn: 'Go on with this run',
  delete: 'Delete',
  deleteForGood: 'Delete this run for good?',
  keep: 'Keep',
  whichAdapter: 'Which adapter to download',
  downloadAdapter: 'Download adapter',
  askIt: 'Ask it a question',
  evaluationOf: (adapter: string) => `Test questions with ${adapter}`,
  starting: 'Starting…',
  rightShare: (share: string) => `${share} right`,
  rightSampled: (of: { readonly sampled: string; readonly questions: number; readonly reward: string }) =>
    `with its most likely answers, ${of.sampled} sampled, on ${count(of.questions, 'question')} it never saw. Reward ${of.reward}.`,
  withInterval: (of: { readonly accuracy: string; readonly low: string; readonly high: string }) =>
    `${of.accuracy} (95 %: ${of.low} to ${of.high})`,
  tries: (of: { readonly n: number; readonly chances: string; readonly agreement: string }) =>
    `${of.n} tries at each question: ${of.chances}; ${of.agreement} of a question's tries agree.`,
  questionTable: 'Table of questions',
  columns: {
    question: 'Question',
    gold: 'Right answer',
    greedy: 'Most likely',
    sampled: 'Sampled',
  },
  downloads: 'Downloaded models',
  sizeOfFiles: (size: string, files: number) => `${size} in ${count(files, 'file')}`,
  commit: (id: string) => `commit ${id}`,
  remove: 'Remove',
  removeOne: (name: string) => `Remove ${name}`,
};
