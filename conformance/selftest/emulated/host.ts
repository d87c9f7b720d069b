// A server of our own that speaks any dialect: it serves a few files, correctly or with a chosen defect.

import type { CaseContext } from "../../harness/context.ts";
import type { Connection } from "../../net/connection.ts";
import { formatListing } from "../../dialect/listing.ts";
import { findErrorStep } from "../../dialect/steps.ts";
import type { CommandKind, ErrorKind } from "../../dialect/types.ts";
import { DialectServer } from "../../peer/server.ts";

export type Defect =
  | "none"
  | "drops-last-byte"
  | "pads-with-nul"
  | "error-on-q"
  | "silent-about-errors"
  | "leaves-q-open"
  | "opens-no-q"
  | "closes-p"
  | "adds-a-byte"
  | "adds-a-byte-late"
  | "crashes"
  | "chatters";

/** The most distinctive kinds first: a word such as `list` may look like the name of a file. */
const ORDER: readonly CommandKind[] = ["list", "invalid", "nameless", "get"];

/** Later than the suite looks at a payload that is complete, in milliseconds. */
const LATE = 100;
const ERROR = "That cannot be served";

export class Host {
  readonly #server: DialectServer;

  constructor(
    context: CaseContext,
    readonly p: Connection,
    readonly readFiles: () => ReadonlyMap<string, Uint8Array>,
    readonly defect: Defect = "none",
  ) {
    const kinds = ORDER.filter((kind) => context.dialect[kind] !== undefined);
    this.#server = new DialectServer(context, p, { kinds, payload: () => this.#payload });
  }

  get #kind(): CommandKind {
    return this.#server.kinds[0] ?? "invalid";
  }

  get #file(): Uint8Array | undefined {
    return this.readFiles().get(String(this.#server.values["file"]));
  }

  get #payload(): Uint8Array {
    if (this.#kind === "list")
      return formatListing(this.#server.dialect, [...this.readFiles().keys()]);
    const content = this.#file ?? Buffer.alloc(0);
    if (this.#kind !== "get") return content;
    if (this.defect === "drops-last-byte") return content.subarray(0, -1);
    if (this.defect === "pads-with-nul") return Buffer.concat([content, Buffer.alloc(9)]);
    return content;
  }

  /** What is wrong with the request, as far as it has arrived. */
  get #problem(): ErrorKind | undefined {
    if (this.#server.kinds.length > 1 || this.#kind === "list") return undefined;
    if (this.#kind !== "get") return "invalid";
    return this.#server.values["file"] !== undefined && !this.#file ? "missing" : undefined;
  }

  /** Serves one client from its first word to its last; then closes P, as most servers do. */
  async serve(): Promise<void> {
    await this.#converse().finally(() => this.p.finish());
  }

  async #converse(): Promise<void> {
    const server = this.#server;
    if (this.defect === "chatters") this.p.send("(how nice of you to come)");
    for (let at = 0; ; at++) {
      const { conversation } = server;
      const problem = this.#problem;
      const { errors } = server.dialect;
      if (problem && at >= findErrorStep(conversation, problem, errors[problem]))
        return this.#sendError(problem);
      const step = conversation.steps[at];
      if (!step) break;
      if ("q" in step && this.defect === "opens-no-q") return;
      if (!(await server.runStep(at))) return;
    }
    if (this.#problem) await this.#sendError(this.#problem);
    else await this.#deliver();
  }

  async #deliver(): Promise<void> {
    const { q } = this.#server;
    if (q && this.defect === "leaves-q-open") q.finish = () => {};
    if (q && this.defect.startsWith("adds-a-byte")) this.#addByte(q);
    if (this.defect === "closes-p") this.p.close();
    if (this.defect === "crashes") process.kill(process.pid, "SIGSEGV");
    await this.#server.deliver();
  }

  /** One more byte behind the payload: right behind it, or a moment later. */
  #addByte(q: Connection): void {
    q.finish = () => {
      const pause = this.defect === "adds-a-byte" ? 0 : LATE;
      setTimeout(() => {
        q.send("!");
        q.sendFin();
      }, pause);
    };
  }

  async #sendError(kind: ErrorKind): Promise<void> {
    if (this.defect === "silent-about-errors") return this.#server.q?.finish();
    if (this.defect !== "error-on-q")
      return this.#server.sendError(this.#server.dialect.errors[kind], ERROR);
    const q = this.#server.q ?? (await this.#server.dialQ());
    q.send(ERROR);
    q.finish();
  }
}
