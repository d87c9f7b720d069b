// The operator's log on standard error: one line a request, pretty for a person or JSON for a program.

import type { Outcome } from "../lib/session.ts";
import { visible } from "../lib/text.ts";
import { writeAll } from "./output.ts";
import { size } from "./progress.ts";
import { STDERR } from "./terminal.ts";

/** How much may wait for a reader that is slow before lines are dropped, in bytes: the log never holds up a transfer. */
const MAX_WAITING = 1024 * 1024;

/** How the lines look. */
export type LogStyle = "pretty" | "json";

/** Writes lines without waiting for whoever reads them. */
export class Log {
  #waiting = "";
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(private readonly style: LogStyle) {}

  /** An event of the server itself. `facts` are for programs, `sentence` is for people. */
  note(event: string, sentence: string, facts: object = {}): void {
    if (this.style === "pretty") this.#line(sentence);
    else this.#line(JSON.stringify({ time: now(), event, ...facts }));
  }

  /** What came of one client. */
  request(outcome: Outcome): void {
    const { unlisted = [], ...facts } = outcome;
    const seconds = Math.round(outcome.seconds * 1e6) / 1e6;
    if (this.style === "json")
      this.#line(JSON.stringify({ time: now(), event: "request", ...facts, seconds }));
    else this.#line(pretty(outcome));
    if (unlisted.length === 0) return;
    const names = unlisted.map(visible);
    this.note(
      "unlisted",
      `${time()} not listed, since nobody could ask for it: ${names.join(", ")}`,
      { names },
    );
  }

  /** Resolves when all lines are out. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #line(text: string): void {
    if (this.#waiting.length + text.length > MAX_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting += `${text}\n`;
    this.#writing ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // lines of the same moment go out together
    while (this.#waiting !== "") {
      const bytes = Buffer.from(this.#waiting);
      this.#waiting = "";
      // Where nobody reads the log any more, the server goes on without one.
      await writeAll(STDERR, bytes).catch(() => {});
      if (this.#dropped > 0)
        this.#waiting += `${this.#dropped} lines were dropped: the log is read too slowly.\n`;
      this.#dropped = 0;
    }
    this.#writing = undefined;
  }
}

function pretty({ peer, command, name, bytes, seconds, code, text }: Outcome): string {
  const asked =
    command === "none" ? "" : ` ${command}${name === undefined ? "" : ` ${visible(name)}`}`;
  const sent = bytes > 0 ? `, ${size(bytes)} in ${seconds.toFixed(3)} s` : "";
  const said = code === 0 ? "left without a command" : `${code} ${visible(text)}`;
  return `${time()} ${peer}${asked}: ${said}${sent}`;
}

function time(): string {
  return new Date().toTimeString().slice(0, 8);
}

function now(): string {
  return new Date().toISOString();
}
