// Statistics of repeated measurements: quantiles, and ratios of pairs of runs.

/** The value below which the given share of the values lies, interpolated between two values; NaN if there are none. */
export function getQuantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

export function getMedian(values: readonly number[]): number {
  return getQuantile(values, 0.5);
}

/** The distance between the quartiles, as a share of the median. */
export function getSpread(values: readonly number[]): number {
  return (getQuantile(values, 0.75) - getQuantile(values, 0.25)) / getMedian(values);
}

/** The median of the ratios of pairs. A machine that is slow for a while slows both of a pair, so the ratio stays. */
export function getPairedRatio(over: readonly number[], under: readonly number[]): number {
  const ratios = over.map((value, index) => value / (under[index] ?? Number.NaN));
  return getMedian(ratios.filter(Number.isFinite));
}
