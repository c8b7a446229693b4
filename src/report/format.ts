/** Numbers and times as people read them. Pure. */

const MINUS = '\u2212';
/** Shown where there is no value. */
export const NONE = '–';

/** About three significant digits, a true minus sign, no exponent for everyday sizes. */
export function number(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const size = Math.abs(value);
  let text: string;
  if (size === 0) text = '0';
  else if (size < 1e-4) text = size.toExponential(1);
  else if (size >= 1e5) text = Math.round(size).toLocaleString('en-GB');
  else if (size >= 10 ** (digits - 1)) text = Math.round(size).toString();
  else text = size.toPrecision(digits);
  return value < 0 ? MINUS + text : text;
}

/** Labels of an axis: as few digits as tell them apart, no trailing zeros. */
export function tick(value: number): string {
  return number(Number(value.toPrecision(6)), 6)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** A number with its sign always written. */
export function signed(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return (value < 0 ? MINUS : '+') + text;
}

/** A share in [0, 1] as a percentage. */
export function percent(share: number | null | undefined, digits = 0): string {
  if (share === null || share === undefined || Number.isNaN(share)) return NONE;
  return `${(share * 100).toFixed(digits)} %`;
}

export function integer(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

/** "1 file", "3 files". */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${integer(value)} ${value === 1 ? noun : plural}`;
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** Seconds as "42 s", "3 min 05 s", "1 h 12 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NONE;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Remaining time, rounded to what an estimate can promise. */
export function remaining(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return 'estimating time left';
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 60) return `about ${Math.ceil(seconds / 10) * 10} s left`;
  if (seconds < 3600) return `about ${Math.ceil(seconds / 60)} min left`;
  return `about ${duration(Math.ceil(seconds / 300) * 300)} left`;
}

/** A token with its invisible characters made visible, for captions. */
export function visibleToken(text: string): string {
  if (text === '') return '(empty)';
  return text.replaceAll('\n', '⏎').replaceAll('\t', '⇥').replaceAll('\r', '␍').replaceAll(' ', '␣');
}
