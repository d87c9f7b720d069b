// What ftclient tells of many files: a line or an object for each, one for all, and the exit status of the worst.

import { EXIT, type Failure, failureKind, formatError } from "../../lib/errors.ts";
import { formatJson, sanitizeForDisplay } from "../../lib/text.ts";
import { formatBytes } from "../cli/byte-size.ts";
import { printMessage, printOutput } from "../cli/terminal.ts";
import type { ClientOptions } from "./client-options.ts";
import {
  canDraw,
  formatJsonResult,
  formatResult,
  formatRetry,
  type SavedFile,
} from "./get-file.ts";
import { ProgressBars } from "./progress-bars.ts";

/** More failures are only counted: a person does not read more lines, and a server could send a million names that all fail. */
const MOST_SHOWN = 100;

export class BatchReport {
  readonly bars: ProgressBars | undefined;
  readonly #started = performance.now();
  #output: Promise<void> = Promise.resolve();
  /** Lines that wait until somebody has answered a question. */
  #held: string[] | undefined;
  #fetched = 0;
  #failed = 0;
  #bytes = 0;
  #received = 0;
  #exit: number = EXIT.ok;

  constructor(
    private readonly options: ClientOptions,
    private readonly count: number,
  ) {
    this.bars = options.quiet || !canDraw() ? undefined : new ProgressBars(count);
  }

  async addSaved(file: SavedFile): Promise<void> {
    this.#fetched++;
    this.#bytes += file.receipt.bytes;
    this.#received += file.receipt.received;
    this.bars?.end(file.fileName);
    if (this.options.json) await this.#printJson(formatJsonResult(file));
    else if (!this.options.quiet) this.#print(formatResult(file));
  }

  async addFailure(fileName: string, error: unknown): Promise<void> {
    this.#failed++;
    const kind = failureKind(error);
    const exit = EXIT[kind];
    this.#exit = Math.max(this.#exit, exit);
    this.bars?.end(fileName);
    if (this.#failed <= MOST_SHOWN)
      this.#print(`ftclient: ${sanitizeForDisplay(`${fileName}: ${formatError(error)}`)}\n`);
    if (this.#failed === MOST_SHOWN + 1)
      this.#print("ftclient: More failures are counted, but not shown.\n");
    if (!this.options.json) return;
    const failure = { file: fileName, kind, error: formatError(error), exit };
    await this.#printJson(`${formatJson({ ok: false, command: "get", ...failure })}\n`);
  }

  addRetry(fileName: string, error: Failure, seconds: number): void {
    if (!this.options.quiet) this.#print(formatRetry(fileName, error, seconds));
  }

  /** Tells of all files, and returns the exit status of the worst of them. */
  async finish(): Promise<number> {
    this.bars?.clear();
    const { quiet, json } = this.options;
    const seconds = (performance.now() - this.#started) / 1000;
    const counts = { files: this.count, fetched: this.#fetched, failed: this.#failed };
    const sizes = { bytes: this.#bytes, received: this.#received, seconds };
    const result = { ok: this.#exit === EXIT.ok, command: "get", ...counts, ...sizes };
    // After an interruption, the object for all is that of the failure.
    if (json && this.options.connect.signal?.aborted) return this.#exit;
    if (json) await this.#printJson(`${formatJson({ ...result, exit: this.#exit })}\n`);
    else if (!quiet) printMessage(this.#formatSummary(seconds));
    return this.#exit;
  }

  #formatSummary(seconds: number): string {
    const rest = this.count - this.#fetched - this.#failed;
    const parts = [
      `${this.#fetched} of ${this.count} files complete`,
      ...(this.#failed > 0 ? [`${this.#failed} failed`] : []),
      ...(rest > 0 ? [`${rest} not fetched`] : []),
    ];
    const rate = `${formatBytes(this.#received / seconds)}/s`;
    return `${parts.join(", ")}: ${formatBytes(this.#bytes)} in ${seconds.toFixed(2)} s (${rate})\n`;
  }

  /** Prints and draws nothing while somebody is asked. */
  async holdDuring<T>(question: () => Promise<T>): Promise<T> {
    this.bars?.clear();
    this.#held = [];
    const draw = this.bars?.hold();
    return await question().finally(() => {
      const lines = this.#held ?? [];
      this.#held = undefined;
      for (const line of lines) this.#print(line);
      draw?.[Symbol.dispose]();
    });
  }

  #print(line: string): void {
    if (this.#held) return void this.#held.push(line);
    this.bars?.clear();
    printMessage(line);
  }

  /** One after the other: each is written in pieces if its reader is slow. */
  #printJson(line: string): Promise<void> {
    return (this.#output = this.#output.then(() => printOutput(line)));
  }
}
