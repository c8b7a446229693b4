/** Saves a chart: as a picture, or its numbers. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useTelling } from '../page';
import { t } from '../texts';
import { chartCsv, pngOf, svgOf, type ChartPicture } from './chart-file';
import { downloadBlob } from './download';

export function ChartMenu({ picture }: { readonly picture: () => ChartPicture }): JSX.Element {
  const isOpen = useSignal(false);
  const tell = useTelling('export');
  const save = async (ending: 'png' | 'svg' | 'csv'): Promise<void> => {
    const chart = picture();
    const file = {
      png: () => pngOf(svgOf(chart)),
      svg: () => new Blob([svgOf(chart)], { type: 'image/svg+xml' }),
      csv: () => new Blob([chartCsv(chart)], { type: 'text/csv' }),
    }[ending];
    downloadBlob(`${chart.title}.${ending}`, await file());
  };
  const { title } = picture();
  return (
    <span class="chart-menu">
      {isOpen.value &&
        (['png', 'svg', 'csv'] as const).map((ending) => (
          <button
            key={ending}
            type="button"
            class="quiet"
            aria-label={t.charts.saveAs(title, ending.toUpperCase())}
            onClick={() => tell(save(ending))}
          >
            {ending.toUpperCase()}
          </button>
        ))}
      <button
        type="button"
        class="quiet"
        aria-expanded={isOpen.value}
        aria-label={t.charts.saveChart(title)}
        title={t.charts.saveChart(title)}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        ⤓
      </button>
    </span>
  );
}
