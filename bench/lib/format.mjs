// Figures as people read them. Used by the run, the page, the demo and the charts.

const round = (value) => {
  if (value === 0) return '0';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en');
};

export function figure(value, unit) {
  if (value === undefined || value === null || Number.isNaN(value)) return '-';
  if (unit === 'us') return value >= 1e4 ? `${round(value / 1e3)} ms` : `${round(value)} µs`;
  if (unit === 'MB/s') return value >= 1e3 ? `${round(value / 1e3)} GB/s` : `${round(value)} MB/s`;
  if (unit === '/s') return value >= 1e6 ? `${round(value / 1e6)} M/s` : `${round(value)}/s`;
  if (unit === 'B') return value >= 1e3 ? `${round(value / 1e3)} KB` : `${round(value)} B`;
  return `${round(value)} ${unit}`;
}

// How far the rounds of one side lie apart.
export function spread(values = []) {
  const known = values.filter((value) => typeof value === 'number');
  const middle = known.length > 1 && median(known);
  if (!middle) return '';
  return ` ±${Math.round((Math.max(...known) - Math.min(...known)) / 2 / middle * 100)} %`;
}

export function times(ratio) {
  return ratio === undefined || ratio === null || Number.isNaN(ratio) ? '-' : `${round(ratio)}x`;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// How many times better `value` is than `base`, in whichever direction counts as better.
export function gain(row, value, base) {
  return row.better === 'lower' ? base / value : value / base;
}
