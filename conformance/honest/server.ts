// An honest server, from its arguments to its end: what faulty ones are built on.

import { createServer, type Server, type Socket } from "node:net";
import { Session } from "./session.ts";

export class HonestServer {
  readonly sessions = new Set<Session>();
  readonly listener: Server;
  stopping = false;
  /** After SIGINT: a reader that has stopped must not keep the server. */
  readonly grace: number = 3_000;

  constructor() {
    this.listener = createServer({ allowHalfOpen: true }, (p) => void this.accepted(p));
  }

  /** Step 1: one argument, a port. */
  start(args: string[]): void {
    const [text, ...surplus] = args;
    if (text === undefined) return this.refuse("SERVER_PORT is missing");
    if (surplus.length > 0)
      return this.refuse(`SERVER_PORT is all it takes, not ${surplus.join(" ")}`);
    const port = this.port(text);
    if (port === undefined)
      return this.refuse(`SERVER_PORT is a number from 1 to 65535, not ${text}`);
    this.listen(port);
  }

  port(text: string): number | undefined {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    return port >= 1 && port <= 65_535 ? port : undefined;
  }

  refuse(message: string): void {
    console.error(`ftserver: ${message}\nusage: ftserver <SERVER_PORT>`);
    process.exitCode = 2;
  }

  /** Step 2: both families, or IPv4 alone where there is no IPv6. */
  listen(port: number, host = "::"): void {
    this.listener.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EAFNOSUPPORT" && host === "::") return this.listen(port, "0.0.0.0");
      this.refuse(`SERVER_PORT ${port} cannot be listened on: ${error.message}`);
    });
    this.listener.listen({ port, host }, () => this.ready(port));
    process.on("SIGINT", () => this.interrupted());
    process.on("SIGTERM", () => this.interrupted());
  }

  ready(port: number): void {
    console.log(`ftserver: ready on port ${port}`);
  }

  session(p: Socket): Session {
    return new Session(p, process.cwd());
  }

  async accepted(p: Socket): Promise<void> {
    p.on("error", () => {});
    const session = this.session(p);
    this.sessions.add(session);
    await session.run();
    this.sessions.delete(session);
    if (this.stopping && this.sessions.size === 0) this.end();
  }

  /** Step 9: SIGINT ends it, once what is running has ended. */
  interrupted(): void {
    const again = this.stopping;
    this.stopping = true;
    this.listener.close();
    for (const session of this.sessions) if (again || !session.busy) session.abort();
    if (again || this.sessions.size === 0) this.end();
    else setTimeout(() => this.end(), this.grace);
  }

  end(): void {
    process.exit(0);
  }
}

/** Runs the honest server with another kind of session: what most faulty ones need. */
export function serveWith(Kind: typeof Session): void {
  class Server extends HonestServer {
    override session(p: Socket): Session {
      return new Kind(p, process.cwd());
    }
  }
  new Server().start(process.argv.slice(2));
}
