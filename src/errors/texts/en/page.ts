/** Texts of PageError: files that a visitor gives to the page. */
export const page = {
  'page/adapter-files': ({ names, missing }: { names: readonly string[]; missing: readonly string[] }) =>
    `An adapter is adapter_model.safetensors with adapter_config.json; among ${names.join(', ') || 'no files'} there is no ` +
    `${missing.join(' and no ')}. Choose both files, or their zip.`,
  'page/many-files': ({ most }: { most: number }) =>
    `There are more than ${most} files in what was dropped; no model has so many. Drop one GGUF file, or the folder of one model.`,
  'page/no-zip': ({ name }: { name: string }) =>
    `${name} is no zip file that can be read. Choose the adapter’s two files instead.`,
};
