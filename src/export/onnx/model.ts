import type { ExportSink } from '../sink';
import type { ExportSource } from '../source';
import type { Report } from '../types';

export async function exportOnnx(
  _s: ExportSource,
  _k: ExportSink,
  _t: 'fp32' | 'fp16' | 'q4',
  _r: Report,
): Promise<void> {
  throw new Error('not there yet');
}
