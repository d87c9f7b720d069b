// One attempt at one case: its fresh files, its timeline, its subjects, and their end.

import { networkInterfaces } from "node:os";
import type { SuiteConfig } from "../subject/config.ts";
import { Connection } from "../net/connection.ts";
import type { Dialect } from "../dialect/types.ts";
import { Fixtures } from "./fixtures.ts";
import { LINGER_LIMIT, POLL, REPLY_LIMIT, START_LIMIT } from "../spec/timeouts.ts";
import { findFreePort, isFixedPort } from "../net/ports.ts";
import { HAS_PROC, isListening, isPortUsed } from "../net/procfs.ts";
import { SubjectProcess } from "../subject/process.ts";
import { address, argv, type PlaceholderValues } from "../subject/command-line.ts";
import { Timeline } from "../net/timeline.ts";
import { applies, NotApplicable, Inconclusive, DependencyFailed } from "../spec/verdict.ts";
import { dial, Listener } from "../net/sockets.ts";

export const HOST = "127.0.0.1";
/** Every address of this machine, of both families where it has them. */
export const EVERYWHERE = networkInterfaces()["lo"]?.some(({ family }) => family === "IPv6")
  ? "::"
  : "0.0.0.0";

/** A server that is ready; one that was named as host:port has no program to watch. */
export interface RunningServer {
  host: string;
  port: number;
  program?: SubjectProcess;
}

export interface SlowestWait {
  what: string;
  took: number;
  limit: number;
}

export class CaseContext implements AsyncDisposable {
  readonly timeline = new Timeline();
  readonly #files = new Fixtures();
  slowest: SlowestWait | undefined;
  /** What the result is to tell beside its verdict. */
  readonly remarks: string[] = [];
  /** The servers that were ready: none of them has a reason to end by itself. */
  readonly #served: SubjectProcess[] = [];
  readonly #doors = new Map<number, Listener>();
  #clients = 0;
  readonly #held = new AsyncDisposableStack();

  constructor(
    readonly config: SuiteConfig,
    readonly role: "server" | "client",
  ) {
    this.#held.use(this.#files);
  }

  /** A server that runs already, where the suite knows neither the directory nor the way to it. */
  get isExternal(): boolean {
    return this.role === "server" && address(this.config.server ?? "") !== undefined;
  }

  /** The files on which a case rests; not applicable where they cannot be put before the server. */
  get files(): Fixtures {
    const whose = `the directory of ${this.config.server} is not the suite's own`;
    applies(!this.isExternal, whose);
    return this.#files;
  }

  /** A name that no file has. */
  get absent(): string {
    return this.isExternal ? `missing-${crypto.randomUUID().slice(0, 8)}.txt` : "missing.txt";
  }

  /** The name of a directory. */
  get folder(): string {
    return this.isExternal ? "." : "folder";
  }

  /** Where Q is awaited: a server that runs already may be on another host. */
  get dataHost(): string {
    return this.isExternal ? EVERYWHERE : HOST;
  }

  get dialect(): Dialect {
    return this.config.dialects[this.role];
  }

  /** Disposes of it at the end of the attempt. */
  own<T extends Disposable | AsyncDisposable>(thing: T): T {
    return this.#held.use(thing);
  }

  /** Shown in the timeline and beside the verdict. */
  remark(text: string): void {
    if (this.remarks.includes(text)) return;
    this.remarks.push(text);
    this.timeline.mark("suite", "suite", "note", text);
  }

  /** How a server ended that nobody had told to, or what it printed of its inside. */
  get crash(): string | undefined {
    return this.#served.map((program) => program.crash).find((each) => each !== undefined);
  }

  /** Waits for a sign of life of the subject, and remembers the slowest. */
  async waitFor(what: string, limit: number, check: () => boolean): Promise<boolean> {
    const from = this.timeline.now();
    const came = await this.timeline.waitUntil(check, limit);
    const took = Math.round(this.timeline.now() - from);
    if (came && took > (this.slowest?.took ?? -1)) this.slowest = { what, took, limit };
    return came;
  }

  /** Starts the server with its template filled, ready or not. */
  launch(values: PlaceholderValues, surplus: string[] = []): SubjectProcess {
    const { server } = this.config;
    if (!server || address(server))
      throw new NotApplicable("the server was not started by the suite");
    const { values: extra, environment } = this.config.outfit ?? {};
    const line = [...argv(server, { ...values, ...extra }), ...surplus];
    return this.own(new SubjectProcess(line, this.#files.served, this.timeline, "", environment));
  }

  /** A fresh server that is proved to listen. */
  async startServer(tries = 2): Promise<RunningServer> {
    const running = address(this.config.server ?? "");
    if (running) return running;
    const port = findFreePort(this.dialect.abilities?.serverPorts);
    await this.#vacant(port);
    const program = this.launch({ port });
    const ready = await this.waitUntilListening(program, port);
    // Another program may have taken the port after it was found free.
    if (!ready && program.exited && tries > 1 && isListening(port))
      return this.startServer(tries - 1);
    if (!ready)
      throw new Inconclusive(
        `it rests on S2.1: the server does not serve: ${await whyNot(program, port)}`,
      );
    this.#served.push(program);
    return { host: HOST, port, program };
  }

  /** Proof, not belief: it is a process of the subject that listens there. */
  async waitUntilListening(program: SubjectProcess, port: number): Promise<boolean> {
    const end = performance.now() + START_LIMIT;
    while (!program.exited && performance.now() < end) {
      if (HAS_PROC ? program.ports.includes(port) : await this.#answers(port)) {
        this.timeline.mark("subject", "subject", "note", `listens on port ${port}`);
        return true;
      }
      await Bun.sleep(POLL);
    }
    return false;
  }

  async #answers(port: number): Promise<boolean> {
    const channel = await dial(this.timeline, "P", { host: HOST, port });
    if (channel instanceof Connection) channel.close();
    return channel instanceof Connection;
  }

  /** P, opened to the server. */
  async connect(to: RunningServer, from?: string): Promise<Connection> {
    const channel = await dial(this.timeline, "P", { ...to, ...(from ? { from } : {}) });
    const rule = this.#clients++ === 0 ? "S4.2" : "S9.1, S9.2, S9.3";
    if (channel instanceof Connection) return this.own(channel);
    const state = to.program
      ? `the server is ${to.program.ending}`
      : "it was not started by the suite";
    const what = `P cannot be opened to ${to.host}:${to.port}`;
    throw new DependencyFailed([rule], `${what}: ${channel.message}; ${state}`);
  }

  /** A place where Q can arrive; it listens before anything is asked for. */
  listen(
    name: "P" | "Q" = "Q",
    host = name === "Q" ? this.dataHost : HOST,
    port?: number,
  ): Listener {
    const { dataPorts, serverPorts } = this.dialect.abilities ?? {};
    const chosen = port ?? findFreePort(name === "Q" ? dataPorts : serverPorts);
    try {
      return this.own(new Listener(name, this.timeline, host, chosen));
    } catch {
      throw new Inconclusive(
        `another program has port ${chosen}, so the suite cannot listen there`,
      );
    }
  }

  /** Where Q is awaited; one whose number is fixed serves all conversations of the attempt. */
  async listenForData(serverPort: number): Promise<Listener> {
    const port = this.dataPort(serverPort);
    const there = this.#doors.get(port);
    if (there) return there;
    await this.#vacant(port);
    const door = this.listen("Q", this.dataHost, port);
    this.#doors.set(port, door);
    return door;
  }

  /** A data port: somebody is to listen there, and nobody does yet. */
  dataPort(serverPort = 0): number {
    const { dataPorts, dataOffset } = this.dialect.abilities ?? {};
    return dataOffset === undefined ? findFreePort(dataPorts) : serverPort + dataOffset;
  }

  /** A port that cannot be chosen may still be held by the subject before. */
  async #vacant(port: number): Promise<void> {
    const { serverPorts, dataPorts } = this.dialect.abilities ?? {};
    if (![serverPorts, dataPorts].some((range) => isFixedPort(range) && range?.from === port))
      return;
    const end = performance.now() + LINGER_LIMIT;
    while (isPortUsed(port) && performance.now() < end) await Bun.sleep(POLL * 10);
  }

  /** Starts the client in a directory of its own. */
  startClient(values: PlaceholderValues, typed = ""): SubjectProcess {
    const { client, answer, outfit } = this.config;
    if (!client) throw new NotApplicable("no client was given");
    const line = argv(client, { ...values, ...outfit?.values });
    const { home } = this.#files;
    return this.own(
      new SubjectProcess(line, home, this.timeline, typed + answer, outfit?.environment),
    );
  }

  /** Nothing is to happen for a while; says whether it did happen. */
  async happensWithin(check: () => boolean, quiet: number): Promise<boolean> {
    return this.timeline.waitUntil(check, quiet);
  }

  /** Whether P carries anything that was not there before. */
  async speaks(p: Connection, from = 0, limit = REPLY_LIMIT): Promise<boolean> {
    await this.waitFor("a reply on P", limit, () => p.length > from || p.hasEnded);
    return p.length > from;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#held.disposeAsync();
  }
}

async function whyNot(program: SubjectProcess, port: number): Promise<string> {
  await program.waitForExit(0);
  const state = program.exited ? `it ended (${program.ending})` : "it runs";
  const ports = program.ports.filter((other) => other !== port);
  const elsewhere = ports.length ? ` and listens on ${ports.join(", ")}` : "";
  return `${state}${elsewhere} without listening on port ${port}; ${program.words}`;
}
