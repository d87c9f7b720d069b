// Sizes in bytes, written for a person.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `1536` as `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  for (; bytes >= 1024 && unit < UNITS.length - 1; unit++) bytes /= 1024;
  return `${unit === 0 ? Math.round(bytes) : bytes.toFixed(1)} ${UNITS[unit]}`;
}
