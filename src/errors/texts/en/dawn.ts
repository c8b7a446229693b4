/** Texts of DawnError: WebGPU in Node. */
export const dawn = {
  'dawn/no-driver': () =>
    'asked Dawn for a WebGPU adapter; found no usable Vulkan driver. Install one (Debian and Ubuntu: `apt-get install ' +
    'mesa-vulkan-drivers`; in a checkout of MailGym: `npm run setup`), or name its manifest in VK_ICD_FILENAMES.',
  'dawn/no-package': () =>
    'asked for WebGPU in Node, which the package `webgpu` (Dawn) provides; it is not installed or does not load here. Run ' +
    '`npm install webgpu`.',
};
