// The operator's log on standard error: one line a request, consola's for a person or JSON for a program.

import type { ConsolaInstance } from "consola";
import type { SessionResult } from "../../lib/server/session.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";
import { writeAll } from "../cli/output.ts";
import { size } from "../cli/progress.ts";
import { STDERR } from "../cli/terminal.ts";

/** How much may wait for a reader that is slow before lines are dropped, in bytes: the log never holds up a transfer. */
const MAX_WAITING = 1024 * 1024;

/** How long lines are gathered after others were written, in ms: one line goes out at once, a thousand go out together. */
const GATHERING = 10;

/** How the lines look. */
export type LogStyle = "pretty" | "json";

/** How grave an event is, in consola's words. */
type Grade = "info" | "success" | "fail" | "warn" | "error";

/** Writes lines without waiting for whoever reads them. */
export class Log {
  #waiting = "";
  #dropped = 0;
  #writing: Promise<void> | undefined;
  #consola: ConsolaInstance | undefined;

  /** consola takes 60 ms to load, and so is loaded only where a person reads. */
  static async open(style: LogStyle): Promise<Log> {
    const log = new Log();
    if (style === "json") return log;
    const { createConsola, LogLevels } = await import("consola");
    const stream = { write: (text: string) => log.#put(text), columns: process.stderr.columns };
    const stderr = stream as unknown as NodeJS.WriteStream;
    log.#consola = createConsola({ level: LogLevels.info, stdout: stderr, stderr });
    return log;
  }

  /** An event of the server itself. `facts` are for programs, `sentence` is for people. */
  note(
    event: string,
    sentence: string | (() => string),
    facts: object = {},
    grade: Grade = "info",
  ): void {
    if (this.#consola) this.#consola[grade](typeof sentence === "string" ? sentence : sentence());
    else this.#put(`${JSON.stringify({ time: new Date().toISOString(), event, ...facts })}\n`);
  }

  /** What came of one client. */
  request(outcome: SessionResult): void {
    const { unlisted = [], ...facts } = outcome;
    const seconds = Math.round(outcome.seconds * 1e6) / 1e6;
    const grade = outcome.code === 226 ? "success" : "fail";
    this.note("request", () => sentence(outcome), { ...facts, seconds }, grade);
    if (unlisted.length === 0) return;
    const names = unlisted.map(sanitizeForDisplay);
    this.note(
      "unlisted",
      `Not listed, since nobody could ask for it: ${names.join(", ")}`,
      { names },
      "warn",
    );
  }

  /** Resolves when all lines are out. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #put(text: string): void {
    if (this.#waiting.length + text.length > MAX_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting += text;
    this.#writing ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // lines of the same moment go out together
    while (this.#waiting !== "") {
      const bytes = Buffer.from(this.#waiting);
      this.#waiting = "";
      // Where nobody reads the log any more, the server goes on without one.
      await writeAll(STDERR, bytes).catch(() => {});
      await Bun.sleep(GATHERING);
      const dropped = this.#dropped;
      this.#dropped = 0;
      if (dropped > 0) {
        this.note(
          "dropped",
          `${dropped} lines were dropped: the log is read too slowly.`,
          { lines: dropped },
          "warn",
        );
      }
    }
    this.#writing = undefined;
  }
}

function sentence({ peer, command, name, bytes, seconds, code, text }: SessionResult): string {
  const asked =
    command === "none"
      ? ""
      : ` ${command}${name === undefined ? "" : ` ${sanitizeForDisplay(name)}`}`;
  const sent = bytes > 0 ? `, ${size(bytes)} in ${seconds.toFixed(3)} s` : "";
  const said = code === 0 ? "left without a command" : `${code} ${sanitizeForDisplay(text)}`;
  return `${peer}${asked}: ${said}${sent}`;
}
