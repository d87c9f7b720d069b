// One attempt at one case: its fresh files, its timeline, its subjects, and their end.

import { networkInterfaces } from "node:os";
import { dirname } from "node:path";
import type { SuiteConfig } from "../subject/config.ts";
import { captureStacks } from "../subject/capture-stack.ts";
import { Connection } from "../net/connection.ts";
import type { Crash } from "../subject/crash.ts";
import type { Dialect } from "../dialect/types.ts";
import { Fixtures } from "./fixtures.ts";
import { describeFailedStart, findServerHost, HOST, waitUntilListening } from "./readiness.ts";
import { type Pace, paceOf } from "./pace.ts";
import { LINGER_LIMIT, POLL, type Timeouts } from "../spec/timeouts.ts";
import { findFreePort, isFixedPort } from "../net/ports.ts";
import { isListening, isPortUsed } from "../net/procfs.ts";
import { Strace } from "../subject/strace.ts";
import { SubjectProcess } from "../subject/process.ts";
import {
  parseAddress,
  fillCommand,
  type PlaceholderValues,
  searchPaths,
} from "../subject/command-line.ts";
import { Timeline } from "../net/timeline.ts";
import {
  applies,
  NotApplicable,
  Inconclusive,
  DependencyFailed,
  Accident,
} from "../spec/verdict.ts";
import { dial, type DialTarget, Listener } from "../net/sockets.ts";

export { HOST };
/** Every address of this machine, of IPv6 and IPv4 if it has both. */
export const EVERYWHERE = networkInterfaces()["lo"]?.some(({ family }) => family === "IPv6")
  ? "::"
  : "0.0.0.0";

/** A server that is ready; a server that was given as host:port has no process that the suite can watch. */
export interface RunningServer {
  host: string;
  port: number;
  program?: SubjectProcess;
}

/** Ports that are tried if other programs take them at the same moment. */
const PORT_TRIES = 3;

/** gdb runs the program, and prints its stack if a signal ends it. */
const UNDER_GDB = ["gdb", "-batch", "-nx", "-ex", "run", "-ex", "bt 12", "--args"];

export interface SlowestWait {
  what: string;
  took: number;
  limit: number;
}

export class CaseContext implements AsyncDisposable {
  readonly timeline = new Timeline();
  readonly #files = new Fixtures();
  slowest: SlowestWait | undefined;
  /** What the command that tests the rule again must say to see the same. */
  again: { seed: number } | undefined;
  /** What the result says besides its verdict. */
  readonly remarks: string[] = [];
  /** The programs that were started, with the record of their system calls. */
  readonly traces: { readonly argv: readonly string[]; readonly strace: Strace }[] = [];
  /** The servers that were ready: none of them may end by itself. */
  readonly #servers: SubjectProcess[] = [];
  /** A crash in a context that belongs to this one. */
  #crashElsewhere: Crash | undefined;
  /** The clients that were started: one that a signal ends, or that prints a stack trace, has crashed. */
  readonly #launched: SubjectProcess[] = [];
  readonly #dataListeners = new Map<number, Listener>();
  #clients = 0;
  /** The server listens on another address than the usual one, and connects back to that of its client. */
  #isElsewhere = false;
  readonly #owned = new AsyncDisposableStack();
  readonly #pace: Pace;
  /** A wait for the program ran out. */
  #hasHung = false;

  constructor(
    readonly config: SuiteConfig,
    readonly role: "server" | "client",
  ) {
    // What strace makes slow says nothing about the program.
    this.#pace = paceOf(`${role} ${config[role]} ${config.isTraced ? "traced" : ""}`);
    this.#owned.use(this.#files);
  }

  /** The server runs already: the suite does not know its directory, and perhaps it is on another host. */
  get isExternal(): boolean {
    return this.role === "server" && parseAddress(this.config.server ?? "") !== undefined;
  }

  /** The files that a case needs; not applicable if the suite cannot give them to the server. */
  get files(): Fixtures {
    applies(!this.isExternal, `the suite has no files in the directory of ${this.config.server}`);
    return this.#files;
  }

  /** Where the files of the case are; nothing if they are not the suite's. */
  get directory(): string | undefined {
    return this.isExternal ? undefined : this.#files.root;
  }

  /** The directory of all files of the case. */
  get root(): string {
    return this.#files.root;
  }

  /** A name that no file has. */
  get absent(): string {
    return this.isExternal ? `missing-${crypto.randomUUID().slice(0, 8)}.txt` : "missing.txt";
  }

  /** The name of a directory. */
  get folder(): string {
    return this.isExternal ? "." : "folder";
  }

  /** Where the suite listens for Q: a server that runs already may be on another host, and one that the suite starts may choose another address. */
  get dataHost(): string {
    return this.isExternal || this.#isElsewhere ? EVERYWHERE : HOST;
  }

  get timeouts(): Timeouts {
    return this.#pace.adjust(this.config.timeouts);
  }

  /**
   * Waits until a client ends by itself. If it does not, returns a sentence that says so. A client that did not end
   * in another case is not waited for as long again.
   */
  async waitForEnd(
    program: SubjectProcess,
    limit = this.timeouts.giveUp,
  ): Promise<string | undefined> {
    const began = this.timeline.now();
    await this.waitForEndOr(program, () => false, limit);
    if (await program.waitForExit(0)) return undefined;
    return `it still runs after ${Math.round(this.timeline.now() - began)} ms`;
  }

  /** The same, or until the check holds. */
  async waitForEndOr(
    program: SubjectProcess,
    check: () => boolean,
    limit = this.timeouts.giveUp,
  ): Promise<void> {
    const patient = this.timeline.now() + this.timeouts.giveUpAgain;
    const isOver = (): boolean => program.exited !== undefined || check();
    const isHopeless = (): boolean => this.#pace.isEndless && this.timeline.now() >= patient;
    await this.timeline.waitUntil(() => isOver() || isHopeless(), limit);
    if (isOver()) return;
    this.#pace.isEndless = true;
    this.#hasHung = true;
  }

  get dialect(): Dialect {
    return this.config.dialects[this.role];
  }

  /** Disposes of a resource at the end of the attempt. */
  own<T extends Disposable | AsyncDisposable>(resource: T): T {
    return this.#owned.use(resource);
  }

  /** Adds a note to the timeline and to the result. */
  remark(text: string): void {
    if (this.remarks.includes(text)) return;
    this.remarks.push(text);
    this.timeline.mark("suite", "suite", "note", text);
  }

  /** Notes the crash of a subject of another context that plays a part of this case. */
  adoptCrash(crash: Crash | undefined): void {
    this.#crashElsewhere ??= crash;
  }

  /** How a server ended although the suite did not end it, or a client by a signal, or the error that its runtime printed. */
  get crash(): Crash | undefined {
    if (this.#crashElsewhere) return this.#crashElsewhere;
    const ends = this.#servers.map((program) => program.crash);
    const crashes = this.#launched.map((program) => (program.isBroken ? program.crash : undefined));
    return [...ends, ...crashes].find((each) => each !== undefined);
  }

  /** The kernel may report the end of a subject after the end of its connections: waits a moment for it. */
  async noticeCrash(): Promise<void> {
    const hasEnded = (): boolean =>
      [...this.#servers, ...this.#launched].some(({ exited }) => exited !== undefined);
    await this.timeline.waitUntil(hasEnded, this.timeouts.quiet / 3);
  }

  /** Where the programs wait for which a wait ran out, as far as that can be seen. They are of no use after that. */
  async captureStacks(): Promise<string[]> {
    const running = [...this.#servers, ...this.#launched].filter(({ exited }) => !exited);
    if (!this.#hasHung) return [];
    return (await Promise.all(running.map(captureStacks))).flat();
  }

  /** Waits until the check holds, and remembers the slowest wait. */
  async waitFor(what: string, limit: number, check: () => boolean): Promise<boolean> {
    const began = this.timeline.now();
    const holds = await this.timeline.waitUntil(check, limit);
    const took = Math.round(this.timeline.now() - began);
    if (holds && took > (this.slowest?.took ?? -1)) this.slowest = { what, took, limit };
    if (holds) this.#pace.noteAnswer(took);
    else if (limit >= this.timeouts.reply) this.#hasHung = true;
    if (!holds && limit >= this.config.timeouts.reply) this.#pace.isSilent = true;
    return holds;
  }

  /** Starts the server with these values for its placeholders; it may not be ready yet. */
  launch(
    values: PlaceholderValues,
    surplus: string[] = [],
    server = this.config.server,
  ): SubjectProcess {
    if (!server || parseAddress(server))
      throw new NotApplicable("the suite did not start the server");
    return this.#start(server, values, { directory: this.#files.served }, surplus);
  }

  /** Starts a fresh server and waits until it listens. */
  async startServer(tries = PORT_TRIES): Promise<RunningServer> {
    const running = parseAddress(this.config.server ?? "");
    if (running) return running;
    const port = findFreePort(this.dialect.abilities?.serverPorts);
    await this.#waitForFixedPort(port);
    const program = this.launch({ port });
    const ready = await this.waitUntilListening(program, port);
    // Another program may have taken the port since it was found free, as a listener or for a connection of its own.
    if (!ready && program.exited && tries > 1 && (isListening(port) || isPortUsed(port)))
      return this.startServer(tries - 1);
    if (!ready)
      throw new Inconclusive(
        `the server does not start: ${await describeFailedStart(program, port)}`,
        ["S2.1"],
      );
    this.#servers.push(program);
    const host = findServerHost(program, port);
    this.#isElsewhere ||= host !== HOST;
    return { host, port, program };
  }

  /** Whether a process of the subject itself listens there in time. */
  async waitUntilListening(program: SubjectProcess, port: number): Promise<boolean> {
    const isReady = await waitUntilListening(program, port, this.timeouts);
    if (!isReady && !program.exited) this.#pace.isDeaf = true;
    return isReady;
  }

  /** Connects, or says why not. The caller disposes of the connection. */
  dial(name: "P" | "Q", to: DialTarget): Promise<Connection | Error> {
    return dial(this.timeline, name, to, this.timeouts.reply);
  }

  /** Opens P to the server. */
  async connect(to: RunningServer, from?: string): Promise<Connection> {
    const channel = await this.dial("P", { ...to, ...(from ? { from } : {}) });
    const rules = this.#clients++ === 0 ? ["S4.2"] : ["S9.1", "S9.2", "S9.3"];
    if (channel instanceof Connection) return this.own(channel);
    await this.noticeCrash();
    const state = to.program ? `the server is ${to.program.ending}` : "the suite did not start it";
    const what = `P cannot be opened to ${to.host}:${to.port}`;
    throw new DependencyFailed(rules, `${what}: ${channel.message}; ${state}`);
  }

  /** Listens for Q, or for P of a client. */
  listen(
    name: "P" | "Q" = "Q",
    host = name === "Q" ? this.dataHost : HOST,
    port?: number,
  ): Listener {
    const { dataPorts, serverPorts } = this.dialect.abilities ?? {};
    const range = name === "Q" ? dataPorts : serverPorts;
    const mayChoose = port === undefined && !isFixedPort(range);
    for (let tries = mayChoose ? PORT_TRIES : 1; ; tries--) {
      const chosen = port ?? findFreePort(range);
      try {
        return this.own(new Listener(name, this.timeline, host, chosen));
      } catch {
        // Another program took the port after it was found free.
        if (tries === 1)
          throw new Accident(
            `another program has port ${chosen}, so the suite cannot listen there`,
          );
      }
    }
  }

  /** Listens for Q. All conversations of the attempt share a listener on a fixed port. */
  async listenForData(serverPort: number): Promise<Listener> {
    const port = this.dataPort(serverPort);
    const known = this.#dataListeners.get(port);
    if (known) return known;
    await this.#waitForFixedPort(port);
    const listener = this.listen("Q", this.dataHost, port);
    this.#dataListeners.set(port, listener);
    return listener;
  }

  /** A data port on which nobody listens yet. */
  dataPort(serverPort = 0): number {
    const { dataPorts, dataOffset } = this.dialect.abilities ?? {};
    return dataOffset === undefined ? findFreePort(dataPorts) : serverPort + dataOffset;
  }

  /** The previous subject may still have a port that cannot be chosen. */
  async #waitForFixedPort(port: number): Promise<void> {
    const { serverPorts, dataPorts } = this.dialect.abilities ?? {};
    if (![serverPorts, dataPorts].some((range) => isFixedPort(range) && range?.from === port))
      return;
    const end = performance.now() + LINGER_LIMIT;
    while (isPortUsed(port) && performance.now() < end) await Bun.sleep(POLL * 10);
  }

  /** Starts the client in a directory of its own. */
  startClient(values: PlaceholderValues, typed = "", client = this.config.client): SubjectProcess {
    const { answer } = this.config;
    if (!client) throw new NotApplicable("no client was given");
    const options = { directory: this.#files.home, input: typed + answer };
    const program = this.#start(client, values, options);
    this.#launched.push(program);
    return program;
  }

  #start(
    command: string,
    values: PlaceholderValues,
    options: { directory: string; input?: string },
    surplus: string[] = [],
  ): SubjectProcess {
    // A case that has run out of time still runs, but nobody waits for it.
    if (this.#owned.disposed) throw new Inconclusive("the case is over");
    const { provisions, directory } = this.config;
    const line = [
      ...(this.config.isDebugged ? UNDER_GDB : []),
      ...fillCommand(command, { ...values, ...provisions?.values }, directory),
      ...surplus,
    ];
    const environment = {
      TMPDIR: this.#files.scratch,
      ...searchPaths(command, directory),
      ...provisions?.environment,
    };
    const { timeline, timeouts } = this;
    const { seal, isTraced } = this.config;
    const strace = isTraced && !seal ? this.own(new Strace()) : undefined;
    if (strace) this.traces.push({ argv: line, strace });
    const writable = [this.#files.root, ...listDirectories(provisions?.values)];
    const context = {
      ...{ timeline, environment, signalLimit: timeouts.signal },
      ...(seal && { sandbox: { seal, writable } }),
      ...(strace && { strace }),
    };
    return this.own(new SubjectProcess(line, { ...options, ...context }));
  }

  /** Whether something happens within a time in which it should not happen. */
  async happensWithin(check: () => boolean, limit: number): Promise<boolean> {
    return this.timeline.waitUntil(check, limit);
  }

  /** Whether more than `from` bytes arrive on P. */
  async speaks(p: Connection, from = 0, limit = this.timeouts.reply): Promise<boolean> {
    await this.waitFor("a reply on P", limit, () => p.length > from || p.hasEnded);
    return p.length > from;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** The directories of the files that a program is given, such as its certificate. */
function listDirectories(values: PlaceholderValues = {}): string[] {
  const paths = Object.values(values).filter((value) => `${value}`.startsWith("/"));
  return [...new Set(paths.map((path) => dirname(`${path}`)))];
}
