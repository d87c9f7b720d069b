// The bars of several transfers and one for all of them, which are drawn on a terminal only.

import { sanitizeForDisplay } from "../../lib/text.ts";
import { formatBytes } from "../cli/byte-size.ts";
import { draw } from "../cli/terminal.ts";
import { cutToWidth, formatClock, formatProgress, INTERVAL, USUAL_WIDTH } from "./progress-bar.ts";

/** The height of a terminal that does not tell its own, in lines. */
const USUAL_HEIGHT = 24;

/** How far a file is, in bytes. */
interface FileProgress {
  readonly started: number;
  readonly first: number;
  bytes: number;
  total: number;
}

/** Draws the files that are fetched now, and below them how many of all are done. */
export class ProgressBars {
  readonly #started = performance.now();
  readonly #files = new Map<string, FileProgress>();
  #received = 0;
  #done = 0;
  #drawn = performance.now();
  #lines = 0;
  #isHeld = false;

  constructor(private readonly count: number) {}

  /** Notes that `bytes` of `total` of a file have arrived. */
  update(name: string, bytes: number, total: number): void {
    const now = performance.now();
    let file = this.#files.get(name);
    if (!file) this.#files.set(name, (file = { started: now, first: bytes, bytes, total }));
    this.#received += Math.max(0, bytes - file.bytes);
    Object.assign(file, { bytes, total });
    if (!this.#isHeld && now - this.#drawn >= INTERVAL) this.#draw(now);
  }

  /** Notes that a file has ended, well or not. */
  end(name: string): void {
    this.#files.delete(name);
    this.#done++;
  }

  /** Removes the bars from the terminal until the next `update`. */
  clear(): void {
    if (this.#lines > 0) draw(`\r${up(this.#lines - 1)}\u001b[J`);
    this.#lines = 0;
  }

  /** Draws nothing until the result is disposed of. */
  hold(): Disposable {
    this.#isHeld = true;
    return { [Symbol.dispose]: () => void (this.#isHeld = false) };
  }

  #draw(now: number): void {
    this.#drawn = now;
    const width = (process.stderr.columns || USUAL_WIDTH) - 1;
    const height = (process.stderr.rows || USUAL_HEIGHT) - 2;
    const files = [...this.#files].slice(0, Math.max(0, height)).map(([name, file]) => {
      const seconds = (now - file.started) / 1000;
      const rate = seconds > 0 ? (file.bytes - file.first) / seconds : 0;
      return formatFile(sanitizeForDisplay(name), file, rate, width);
    });
    const lines = [...files, this.#formatAll(now, width)];
    const start = this.#lines > 1 ? `\r${up(this.#lines - 1)}` : "\r";
    draw(`${start}${lines.map((line) => `${line}\u001b[K`).join("\n")}\u001b[J`);
    this.#lines = lines.length;
  }

  #formatAll(now: number, width: number): string {
    const seconds = (now - this.#started) / 1000;
    return formatTotal(this.#done, this.count, this.#received, seconds, width);
  }
}

/** The same line as for a single file. If that is too wide for the name, only the share and the rate stay: the names tell the lines apart. */
export function formatFile(
  name: string,
  { bytes, total }: Pick<FileProgress, "bytes" | "total">,
  rate: number,
  width: number,
): string {
  const whole = formatProgress(name, bytes, total, rate, width);
  if (whole.startsWith(`${name}  `)) return whole;
  const share = total === 0 ? 1 : bytes / total;
  const numbers = `${Math.floor(share * 100)} %  ${formatBytes(rate)}/s`;
  return cutToWidth(`${cutToWidth(name, width - numbers.length - 2)}  ${numbers}`, width);
}

/** `[#####     ]  5 of 20 files  1.2 GiB  812 MiB/s  0:02 left`. If that is too wide, the bar is left out, and then the time. */
export function formatTotal(
  done: number,
  count: number,
  received: number,
  seconds: number,
  width: number,
): string {
  const bar = `[${"#".repeat(Math.round((done / Math.max(1, count)) * 20)).padEnd(20)}] `;
  const left = done > 0 ? formatClock((seconds / done) * (count - done)) : "-:--";
  const rate = seconds > 0 ? received / seconds : 0;
  const counts = `${done} of ${count} files  ${formatBytes(received)}  ${formatBytes(rate)}/s`;
  const numbers = `${counts}  ${left} left`;
  const fitting = [`${bar}${numbers}`, numbers].find(({ length }) => length <= width);
  return fitting ?? cutToWidth(counts, width);
}

function up(lines: number): string {
  return lines > 0 ? `\u001b[${lines}A` : "";
}
