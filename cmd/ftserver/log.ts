// The operator's log on standard error, with one line for each request: consola's lines for a person, JSON for a program.

import type { ConsolaInstance } from "consola";
import type { SessionResult } from "../../lib/server/session.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";
import { formatBytes } from "../cli/byte-size.ts";
import { STDERR, writeAll } from "../cli/terminal.ts";

/** How many characters may wait for a slow reader. Further lines are dropped: the log never delays a transfer. */
const MOST_PENDING = 1024 * 1024;

/** How long to collect lines after others were written, in ms: one line is written at once, a thousand are written together. */
const COLLECTING_TIME = 10;

/** How long the end of the server waits for the reader of its log, in ms: a reader that is still there needs a few. */
const FLUSH_TIMEOUT = 1000;

export type LogStyle = "pretty" | "json";

/** How serious an event is, in consola's words. */
type Level = "info" | "success" | "fail" | "warn" | "error";

/** Writes lines without waiting for their reader. */
export class Log {
  #pending = "";
  #dropped = 0;
  #writing: Promise<void> | undefined;
  #consola: ConsolaInstance | undefined;

  /** consola takes 60 ms to load, so it is loaded only if a person reads the log. */
  static async open(style: LogStyle): Promise<Log> {
    const log = new Log();
    if (style === "json") return log;
    const { createConsola, LogLevels } = await import("consola");
    const stream = { write: (text: string) => log.#put(text), columns: process.stderr.columns };
    const stderr = stream as unknown as NodeJS.WriteStream;
    log.#consola = createConsola({ level: LogLevels.info, stdout: stderr, stderr });
    return log;
  }

  /** Logs an event. `fields` are for programs, `sentence` is for people. */
  note(
    event: string,
    sentence: string | (() => string),
    fields: object = {},
    level: Level = "info",
  ): void {
    if (this.#consola) this.#consola[level](typeof sentence === "string" ? sentence : sentence());
    else this.#put(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
  }

  /** Logs the result of one client. */
  request(result: SessionResult): void {
    const { unlisted = [], unreadable = [], ...fields } = result;
    const seconds = Math.round(result.seconds * 1e6) / 1e6;
    const level = result.code === 226 ? "success" : "fail";
    this.note("request", () => formatRequest(result), { ...fields, seconds }, level);
    this.#warnOfNames("unlisted", "the name holds a control character or is not UTF-8", unlisted);
    this.#warnOfNames("unreadable", "ftserver may not read it", unreadable);
  }

  #warnOfNames(event: string, why: string, all: readonly string[]): void {
    if (all.length === 0) return;
    const names = all.map(sanitizeForDisplay);
    this.note(event, `Not listed, because ${why}: ${names.join(", ")}`, { names }, "warn");
  }

  /** Resolves when all lines are written, or when their reader has had `FLUSH_TIMEOUT`. */
  async flush(): Promise<void> {
    await Promise.race([this.#writeAll(), Bun.sleep(FLUSH_TIMEOUT)]);
  }

  async #writeAll(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #put(text: string): void {
    if (this.#pending.length + text.length > MOST_PENDING) {
      this.#dropped++;
      return;
    }
    this.#pending += text;
    this.#writing ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // lines of the same moment are written together
    while (this.#pending !== "") {
      const bytes = Buffer.from(this.#pending);
      this.#pending = "";
      // If the reader has closed the log, the server continues without one.
      await writeAll(STDERR, bytes).catch(() => {});
      await Bun.sleep(COLLECTING_TIME);
      const dropped = this.#dropped;
      this.#dropped = 0;
      if (dropped > 0) {
        const sentence = `${dropped} lines were dropped, because the log is read too slowly.`;
        this.note("dropped", sentence, { lines: dropped }, "warn");
      }
    }
    this.#writing = undefined;
  }
}

function formatRequest(result: SessionResult): string {
  const { peer, command, name, bytes, seconds, code, text } = result;
  const words = [command === "none" ? "" : command, sanitizeForDisplay(name ?? "")];
  const who = [peer, ...words.filter(Boolean)].join(" ");
  const reply = code === 0 ? "left without a command" : `${code} ${sanitizeForDisplay(text)}`;
  const amount = bytes > 0 ? `, ${formatBytes(bytes)} in ${seconds.toFixed(3)} s` : "";
  return `${who}: ${reply}${amount}`;
}
