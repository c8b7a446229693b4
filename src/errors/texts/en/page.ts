/** Texts of PageError: files that a visitor gives to the page. */
export const page = {
  'page/adapter-files': ({ names, missing }: { names: readonly string[]; missing: readonly string[] }) =>
    `An adapter is adapter_model.safetensors with adapter_config.json; among ${names.join(', ') || 'no files'} there is no ` +
    `${missing.join(' and no ')}. Choose both files, or their zip.`,
  'page/many-files': ({ most }: { most: number }) =>
    `There are more than ${most} files in what was dropped; no model has so many. Drop one GGUF file, or the folder of one model.`,
  'page/no-run': ({ name }: { name: string }) =>
    `${name} holds no run: there is no metrics.jsonl in it. Give a run's zip as this page saves it, or the whole folder that npm run train has written.`,
  'page/run-address': ({ url, why }: { url: string; why: 'unreachable' | { status: number } }) =>
    `${url} could not be fetched: ${
      why === 'unreachable'
        ? 'the host cannot be reached, or does not allow other pages to read its files (CORS)'
        : `the host answered with status ${why.status}`
    }. Download the file yourself and drop it into the table of runs.`,
  'page/run-known': ({ name }: { name: string }) =>
    `The run of ${name} is here already, step for step. Delete that one first to have it from this file.`,
  'page/run-large': ({ name, bytes, most }: { name: string; bytes: number; most: number }) =>
    `${name} has ${bytes} bytes, and a run of at most ${most} bytes can be added here. Leave its checkpoints and its model out.`,
  'page/run-unreadable': ({ name }: { name: string }) =>
    `${name} has records of a run, but no step in them can be read. Give the file as it was written.`,
  'page/recorded': ({ file, status }: { file: string; status: number }) =>
    `The recorded run ${file} could not be fetched: the server of this page answered with status ${status}. Reload the page, or train a run of your own.`,
  'page/no-zip': ({ name }: { name: string }) =>
    `${name} is no zip file that can be read. Choose the adapter’s two files instead.`,
};
