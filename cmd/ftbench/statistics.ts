// What is made of repeated measurements: quantiles, and ratios of runs that stood side by side.

/** The value below which the given share of the values lies, between two values in proportion; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** How far the middle half of the values lies apart, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
}

/** The median of the ratios of pairs: what slowed the machine for a while slowed both of a pair, and cancels out. */
export function pairedRatio(over: readonly number[], under: readonly number[]): number {
  const ratios = over.map((value, index) => value / (under[index] ?? Number.NaN));
  return median(ratios.filter(Number.isFinite));
}
