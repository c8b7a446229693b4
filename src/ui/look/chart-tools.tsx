/** How the charts below are drawn: averaged, logarithmic, and which part of the run. */
import type { JSX } from 'preact';
import { t } from '../texts';
import { chartLook, SMOOTHINGS, zoom, type Smoothing } from './look';

export function ChartTools(): JSX.Element {
  const { smoothing, log } = chartLook.value;
  return (
    <div class="chart-tools" role="group" aria-label={t.look.charts}>
      <label>
        {t.look.smoothing}{' '}
        <select
          value={smoothing}
          onChange={({ currentTarget }) => {
            chartLook.value = { ...chartLook.value, smoothing: Number(currentTarget.value) as Smoothing };
          }}
        >
          {SMOOTHINGS.map((one) => (
            <option key={one} value={one}>
              {t.look.smoothingOf(one)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t.look.scale}{' '}
        <select
          value={log ? 'log' : 'linear'}
          onChange={({ currentTarget }) => {
            chartLook.value = { ...chartLook.value, log: currentTarget.value === 'log' };
          }}
        >
          <option value="linear">{t.look.linear}</option>
          <option value="log">{t.look.log}</option>
        </select>
      </label>
      <span class="note">{t.look.zoomNote}</span>
      {zoom.value !== null && (
        <button type="button" class="quiet" onClick={() => (zoom.value = null)}>
          {t.look.whole}
        </button>
      )}
    </div>
  );
}
