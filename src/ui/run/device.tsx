/** What computes: the adapter's name, a word about slow software renderers. Short, with details on request. */
import { Fragment, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { DeviceReport } from '../../../workers/api';
import { bytes } from '../format';
import { usePage } from '../page';
import type { DeviceState } from '../state';
import { t } from '../texts';

type Working = Extract<DeviceReport, { ok: true }>;

export function DeviceChip(): JSX.Element {
  const { device } = usePage().live;
  const root = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = ({ target }: Event): void => {
      const node = root.current;
      if (node !== null && target instanceof Node && !node.contains(target)) node.open = false;
    };
    document.addEventListener('click', close);
    return () => document.removeEventListener('click', close);
  }, []);
  const escape = (key: string, node: HTMLDetailsElement): void => {
    if (key !== 'Escape') return;
    node.open = false;
    node.querySelector('summary')?.focus();
  };
  const working = device.kind === 'known' && device.report.ok ? device.report : null;
  return (
    <details class="device" ref={root} onKeyDown={({ key, currentTarget }) => escape(key, currentTarget)}>
      {working === null ? <NotWorking kind={device.kind} /> : <Facts report={working} />}
    </details>
  );
}

function NotWorking({ kind }: { readonly kind: DeviceState['kind'] }): JSX.Element {
  const text = {
    checking: t.device.looking,
    known: t.device.noWebgpu,
    unknown: t.device.notStarted,
  }[kind];
  return (
    <summary>
      <span class={`dot dot-${kind === 'checking' ? 'wait' : 'bad'}`} aria-hidden="true" />
      <span>{text}</span>
    </summary>
  );
}

function nameOf(report: Working): string {
  const parts = [report.vendor, report.architecture].filter((part) => part !== '');
  return report.description || parts.join(' ') || t.device.unnamed;
}

function Facts({ report }: { readonly report: Working }): JSX.Element {
  const has = (feature: string): string => (report.features.includes(feature) ? t.device.yes : t.device.no);
  const facts = [
    [t.device.vendor, report.vendor || t.device.notTold],
    [t.device.architecture, report.architecture || t.device.notTold],
    [t.device.largestBuffer, bytes(report.maxBufferBytes)],
    [t.device.halfFloats, has('shader-f16')],
    [t.device.subgroups, has('subgroups')],
  ] as const;
  return (
    <>
      <summary>
        <span class={`dot dot-${report.software ? 'slow' : 'good'}`} aria-hidden="true" />
        <span>{report.software ? t.device.software : nameOf(report)}</span>
      </summary>
      <div class="device-panel">
        <p>
          <b>{nameOf(report)}</b>
        </p>
        {report.software && <p>{t.device.softwareNote}</p>}
        <dl>
          {facts.map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
        </dl>
      </div>
    </>
  );
}
