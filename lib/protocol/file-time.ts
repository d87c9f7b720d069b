// Times of files as P and Q carry them: `YYYYMMDDHHMMSS.sss` in UTC, as in RFC 3659, section 2.3.

/** Undefined for a time whose year does not have four digits. `ms` are milliseconds since 1970. */
export function formatFileTime(ms: number): string | undefined {
  const date = new Date(ms);
  if (!(date.getTime() >= Date.UTC(1000, 0) && date.getTime() < Date.UTC(10_000, 0)))
    return undefined;
  return date.toISOString().replace(/[-:TZ]/g, "");
}

/** Returns milliseconds since 1970; undefined if the text is not a time. A fraction is cut to milliseconds. */
export function parseFileTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const fraction = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, fraction);
  // The 31st of February would become a day of March.
  return formatFileTime(ms)?.startsWith(text.slice(0, 14)) ? ms : undefined;
}
