// Q as the server has it: dials the client, or accepts a client that opens Q itself.

import { type CaseContext, HOST } from "../harness/context.ts";
import { Connection } from "../net/connection.ts";
import { isPort } from "../net/ports.ts";
import { isListening } from "../net/procfs.ts";
import type { DialTarget, Listener } from "../net/sockets.ts";
import { POLL } from "../spec/timeouts.ts";
import { need } from "../spec/verdict.ts";

/** Milliseconds that a client may take to listen after its request: the network of a campus gave it this long. */
const LISTEN_LIMIT = 250;

/** From where the suite opens Q, if that matters. */
export type Origin = Pick<DialTarget, "from" | "fromPort">;

export class ServerDataConnection {
  connection: Connection | undefined;
  /** How often nobody listened on the data port. */
  refusedDials = 0;

  constructor(
    readonly context: CaseContext,
    /** Accepts a client that opens Q itself. If there is none, one is made as soon as the port is known. */
    public listener: Listener | undefined,
    readonly hasClientLeft: () => boolean,
  ) {}

  async accept(port: () => number): Promise<boolean> {
    const listener = (this.listener ??= this.context.listen("Q", HOST, port()));
    const isOver = (): boolean => listener.first !== undefined || this.hasClientLeft();
    await this.context.waitFor("Q", this.context.timeouts.reply, isOver);
    this.connection = listener.first ?? this.connection;
    return this.connection !== undefined;
  }

  /** Lets a client that opens Q itself open none, and ends those that it has opened. */
  refuse(how: "abort" | "close"): void {
    this.listener?.stopAccepting();
    for (const connection of this.listener?.connections ?? []) connection[how]();
  }

  /** Dials Q as soon as the client listens, and tries again if it does not listen yet. */
  async dial(port: number, from: Origin = {}): Promise<Connection> {
    need(isPort(port), "S6.1", `the client named no port for Q, but ${port}`);
    const end = performance.now() + this.context.timeouts.reply;
    const soon = performance.now() + LISTEN_LIMIT;
    this.refusedDials = isListening(port) ? 0 : 1;
    while (!isListening(port) && performance.now() < soon) await Bun.sleep(POLL);
    for (;;) {
      const to = { host: HOST, port, ...from };
      const connection = await this.context.dial("Q", to);
      if (connection instanceof Connection) return (this.connection = this.context.own(connection));
      const mayTryAgain = performance.now() < end && !this.hasClientLeft();
      need(mayTryAgain, "S6.2", `nobody listens on the data port ${port}`);
      await Bun.sleep(LISTEN_LIMIT);
    }
  }
}
