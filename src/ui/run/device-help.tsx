/** The panel that replaces training where there is no WebGPU. */
import { Fragment, type JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';

export function DeviceHelp(): JSX.Element | null {
  const { device } = usePage().live;
  if (device.kind !== 'known' || device.report.ok) return null;
  const { problem, remedy } = t.device.fault[device.report.why];
  return (
    <section class="card help" role="alert" aria-label={t.device.missing}>
      <h2>{t.device.notOffered}</h2>
      <p>{problem}</p>
      <p>{remedy}</p>
      <p>{t.device.needsBrowser}</p>
      <dl class="browsers">
        {t.device.browsers.map(({ name, how }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{how}</dd>
          </Fragment>
        ))}
      </dl>
      <p>{t.device.needsSecurePage}</p>
    </section>
  );
}
