/** What computes: the adapter's name, a word about slow software renderers, or how to get WebGPU. */
import type { DeviceReport } from '../../workers/api';
import { el, fill } from './dom';
import { bytes } from '../report/format';
import type { PageStore } from './runner';
import type { DeviceState } from './state';

/** Short status for the header, with details on request. */
export function createDeviceChip(store: PageStore): HTMLElement {
  const root = el('details', { class: 'device' });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !root.contains(event.target)) root.open = false;
  });
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    root.open = false;
    root.querySelector('summary')?.focus();
  });
  store.watch(
    (state) => state.device,
    (device) => {
      if (device.kind === 'known' && device.report.ok) fill(root, ...working(device.report));
      else fill(root, el('summary', {}, ...SHORT[device.kind]()));
    },
  );
  return root;
}

const SHORT: Readonly<Record<DeviceState['kind'], () => Node[]>> = {
  checking: () => [dot('wait'), el('span', {}, 'Looking for the GPU…')],
  known: () => [dot('bad'), el('span', {}, 'No WebGPU')],
  unknown: () => [dot('bad'), el('span', {}, 'Not started')],
};

function dot(kind: 'good' | 'slow' | 'bad' | 'wait'): HTMLElement {
  return el('span', { class: `dot dot-${kind}`, 'aria-hidden': 'true' });
}

export function deviceName(report: Extract<DeviceReport, { ok: true }>): string {
  const parts = [report.vendor, report.architecture].filter((part) => part !== '');
  return report.description || parts.join(' ') || 'unnamed GPU';
}

function working(report: Extract<DeviceReport, { ok: true }>): Node[] {
  const facts: [string, string][] = [
    ['Vendor', report.vendor || 'not told'],
    ['Architecture', report.architecture || 'not told'],
    ['Largest buffer', bytes(report.maxBufferBytes)],
    ['16-bit numbers', report.features.includes('shader-f16') ? 'yes' : 'no'],
    ['Subgroups', report.features.includes('subgroups') ? 'yes' : 'no'],
  ];
  return [
    el(
      'summary',
      {},
      dot(report.software ? 'slow' : 'good'),
      el('span', {}, report.software ? 'Software renderer' : deviceName(report)),
    ),
    el(
      'div',
      { class: 'device-panel' },
      el('p', {}, el('b', {}, deviceName(report))),
      report.software &&
        el(
          'p',
          {},
          'WebGPU works here, but on the processor instead of a graphics card. Everything runs, many times slower: choose the preset “Quick”. If this computer has a graphics card, switch on hardware acceleration in the browser’s settings.',
        ),
      el('dl', {}, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    ),
  ];
}

/** How to switch WebGPU on, by browser; checked against what browsers shipped in 2025. */
const BROWSERS: readonly (readonly [string, string])[] = [
  [
    'Chrome or Edge 113 and later (Windows, macOS, ChromeOS)',
    'WebGPU is on. If it is missing, switch on “Use graphics acceleration when available” under Settings → System and restart the browser.',
  ],
  ['Chrome on Android 121 and later', 'WebGPU is on for Android 12 and later on most phones.'],
  [
    'Chrome on Linux',
    'On for newer graphics cards. Else open chrome://flags/#enable-unsafe-webgpu, choose “Enabled”, restart; a Vulkan driver must be installed.',
  ],
  ['Safari 26 and later (macOS, iOS, iPadOS)', 'WebGPU is on.'],
  [
    'Firefox 141 and later (Windows), 145 and later (macOS on Apple silicon)',
    'WebGPU is on. Elsewhere: about:config → dom.webgpu.enabled → true, in Firefox Nightly.',
  ],
];

/** The panel that replaces training where there is no WebGPU. */
export function createDeviceHelp(store: PageStore): HTMLElement {
  const root = el('section', { class: 'card help', role: 'alert', 'aria-label': 'WebGPU is missing' });
  store.watch(
    (state) => state.device,
    (device) => {
      const missing = device.kind === 'known' && !device.report.ok ? device.report : null;
      root.hidden = missing === null;
      if (missing === null) return fill(root);
      fill(
        root,
        el('h2', {}, 'This browser does not offer WebGPU here'),
        el('p', {}, missing.problem),
        el('p', {}, missing.remedy),
        el(
          'p',
          {},
          'MailGym trains on your own graphics card through WebGPU, so it needs a browser that has it switched on:',
        ),
        el(
          'dl',
          { class: 'browsers' },
          ...BROWSERS.flatMap(([name, how]) => [el('dt', {}, name), el('dd', {}, how)]),
        ),
        el(
          'p',
          {},
          'WebGPU also needs a secure page: https://, or http://localhost. Without it you can still read what training does under “Masked or not?”.',
        ),
      );
    },
  );
  return root;
}
