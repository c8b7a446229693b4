/** Texts about what computes, and how to get WebGPU. */
export const device = {
  looking: 'Looking for the GPU…',
  noWebgpu: 'No WebGPU',
  notStarted: 'Not started',
  unnamed: 'unnamed GPU',
  software: 'Software renderer',
  softwareNote:
    'WebGPU works here, but on the processor instead of a graphics card. Everything runs, many times slower: choose the preset “Quick”. If this computer has a graphics card, switch on hardware acceleration in the browser’s settings.',
  vendor: 'Vendor',
  architecture: 'Architecture',
  notTold: 'not told',
  largestBuffer: 'Largest buffer',
  halfFloats: '16-bit numbers',
  subgroups: 'Subgroups',
  yes: 'yes',
  no: 'no',
  missing: 'WebGPU is missing',
  fault: {
    'no-webgpu': {
      problem: 'This browser has no WebGPU, which the training needs.',
      remedy:
        'Use a current Chrome or Edge (113 or later), Firefox (141 or later) or Safari (26 or later). On Linux, Chrome may need chrome://flags/#enable-unsafe-webgpu.',
    },
    'insecure-page': {
      problem: 'This browser has no WebGPU, which the training needs.',
      remedy: 'WebGPU works only on pages from https:// or localhost: open this page from such an address.',
    },
    'no-answer': {
      problem: 'The browser could not look for a graphics adapter.',
      remedy: 'Restart the browser and try again.',
    },
    'no-adapter': {
      problem: 'The browser has WebGPU but offers no graphics adapter.',
      remedy:
        'Switch on hardware acceleration in the browser’s settings, update the graphics driver, or look at chrome://gpu for the reason. A virtual machine without a GPU needs a software driver.',
    },
  },
  notOffered: 'This browser does not offer WebGPU here',
  needsBrowser:
    'MailGym trains on your own graphics card through WebGPU, so it needs a browser that has it switched on:',
  /** Checked against what browsers shipped in 2025. */
  browsers: [
    {
      name: 'Chrome or Edge 113 and later (Windows, macOS, ChromeOS)',
      how: 'WebGPU is on. If it is missing, switch on “Use graphics acceleration when available” under Settings → System and restart the browser.',
    },
    {
      name: 'Chrome on Android 121 and later',
      how: 'WebGPU is on for Android 12 and later on most phones.',
    },
    {
      name: 'Chrome on Linux',
      how: 'On for newer graphics cards. Else open chrome://flags/#enable-unsafe-webgpu, choose “Enabled”, restart; a Vulkan driver must be installed.',
    },
    { name: 'Safari 26 and later (macOS, iOS, iPadOS)', how: 'WebGPU is on.' },
    {
      name: 'Firefox 141 and later (Windows), 145 and later (macOS on Apple silicon)',
      how: 'WebGPU is on. Elsewhere: about:config → dom.webgpu.enabled → true, in Firefox Nightly.',
    },
  ],
  needsSecurePage:
    'WebGPU also needs a secure page: https://, or http://localhost. Without it you can still read what training does under “Masked or not?”.',
};
