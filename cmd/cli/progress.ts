// The progress line of a transfer, drawn on a terminal and nowhere else.

/** Redrawn at most this often, in ms: smooth to the eye, and nothing beside the transfer. */
const INTERVAL = 100;

/** A transfer shorter than this, in ms, shows no bar: it would only flash. */
const PATIENCE = 300;

/** Columns of a terminal that does not tell. */
const USUAL_WIDTH = 80;

/** Draws on standard error how far a transfer is. */
export class Progress {
  readonly #started = performance.now();
  #drawn = 0;
  #first: number | undefined;

  constructor(private readonly name: string) {}

  /** `bytes` of `total` are there. */
  update(bytes: number, total: number): void {
    this.#first ??= bytes;
    const now = performance.now();
    if (now - this.#started < PATIENCE || now - this.#drawn < INTERVAL) return;
    this.#drawn = now;
    const rate = (bytes - this.#first) / ((now - this.#started) / 1000);
    const width = (process.stderr.columns || USUAL_WIDTH) - 1;
    process.stderr.write(`\r${line(this.name, bytes, total, rate, width)}\u001b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn > 0) process.stderr.write("\r\u001b[K");
  }
}

/** `name  [#####     ]  45 %  1.2 of 2.7 GiB  812 MiB/s  0:02 left`. Where that is too wide, the bar goes first, then the name's end. */
export function line(
  name: string,
  bytes: number,
  total: number,
  rate: number,
  width: number,
): string {
  const share = total === 0 ? 1 : bytes / total;
  const bar = `[${"#".repeat(Math.round(share * 20)).padEnd(20)}] `;
  const left = rate > 0 ? clock((total - bytes) / rate) : "-:--";
  const facts = `${Math.floor(share * 100)} %  ${size(bytes)} of ${size(total)}  ${size(rate)}/s  ${left} left`;
  const whole = `${name}  ${bar}${facts}`;
  if (Bun.stringWidth(whole) <= width) return whole;
  return cut(`${cut(name, width - facts.length - 2)}  ${facts}`.trimStart(), width);
}

/** The text cut to so many columns, of which a Chinese character takes two: a line that wraps could not be drawn over. */
function cut(text: string, columns: number): string {
  return Bun.sliceAnsi(text, 0, Math.max(0, columns), "…");
}

/** Bytes for a person, in powers of 1024. */
export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; bytes >= 1024 && unit < units.length - 1; unit++) bytes /= 1024;
  return `${unit === 0 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
