// The progress bar of a transfer, which is drawn on a terminal only.

import { sanitizeForDisplay } from "../../lib/text.ts";
import { formatBytes } from "../cli/byte-size.ts";
import { draw } from "../cli/terminal.ts";

/** The shortest time between two drawings, in ms: it looks smooth, and costs nothing beside the transfer. */
export const INTERVAL = 100;

/** A transfer that is shorter than this, in ms, shows no bar: it would only flash. */
const FIRST_DRAWING = 300;

/** The width of a terminal that does not tell its own, in columns. */
export const USUAL_WIDTH = 80;

/** Draws on standard error how far a transfer is. */
export class ProgressBar {
  readonly #started = performance.now();
  readonly #name: string;
  #drawn = 0;
  #firstBytes: number | undefined;

  constructor(name: string) {
    this.#name = sanitizeForDisplay(name);
  }

  /** Draws that `bytes` of `total` have arrived. */
  update(bytes: number, total: number): void {
    this.#firstBytes ??= bytes;
    const now = performance.now();
    if (now - this.#started < FIRST_DRAWING || now - this.#drawn < INTERVAL) return;
    this.#drawn = now;
    const rate = (bytes - this.#firstBytes) / ((now - this.#started) / 1000);
    const width = (process.stderr.columns || USUAL_WIDTH) - 1;
    draw(`\r${formatProgress(this.#name, bytes, total, rate, width)}\u001b[K`);
  }

  /** Removes the bar from the terminal. */
  clear(): void {
    if (this.#drawn > 0) draw("\r\u001b[K");
  }
}

/** `name  [#####     ]  45 %  1.2 of 2.7 GiB  812 MiB/s  0:02 left`. If that is too wide, the bar is left out, and then the end of the name. */
export function formatProgress(
  name: string,
  bytes: number,
  total: number,
  rate: number,
  width: number,
): string {
  const share = total === 0 ? 1 : bytes / total;
  const bar = `[${"#".repeat(Math.round(share * 20)).padEnd(20)}] `;
  const left = rate > 0 ? formatClock((total - bytes) / rate) : "-:--";
  const numbers = `${Math.floor(share * 100)} %  ${formatBytes(bytes)} of ${formatBytes(total)}  ${formatBytes(rate)}/s  ${left} left`;
  const whole = `${name}  ${bar}${numbers}`;
  if (Bun.stringWidth(whole) <= width) return whole;
  const shortName = cutToWidth(name, width - numbers.length - 2);
  return cutToWidth(`${shortName}  ${numbers}`.trimStart(), width);
}

/** Cuts the text to a number of columns; a Chinese character takes two. A line that wraps could not be drawn over. */
export function cutToWidth(text: string, columns: number): string {
  return Bun.sliceAnsi(text, 0, Math.max(0, columns), "…");
}

export function formatClock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
