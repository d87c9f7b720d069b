// Follows descriptors through the calls of a program: which call belongs to P, to Q or to a file, and in which process.

import { normalizeAddress } from "../net/connection.ts";
import type { Role } from "../spec/requirements.ts";
import type { SystemCall } from "./system-call.ts";

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** One call with what it acts on. */
export interface Step {
  readonly call: SystemCall;
  readonly process: TracedProcess;
  readonly open?: OpenFile;
}

/** A socket or a file; it may be open in several processes. */
export class OpenFile {
  /** P, Q, or the socket that listens. */
  track: "P" | "Q" | "listener" | undefined;
  isReusable = false;
  /** What a bind asked for. */
  bound: Endpoint | undefined;
  peer: Endpoint | undefined;
  readonly steps: Step[] = [];
  /** In bytes. */
  read = 0;
  written = 0;
  /** A read has told the end, or an error that is an end. */
  hasEnded = false;
  /** The beginning of what it gave. */
  input = "";
  /** The processes that have it open, and with how many descriptors. */
  readonly holders = new Map<TracedProcess, number>();

  constructor(
    readonly kind: "socket" | "file" | "other",
    readonly path = "",
  ) {}
}

export class TracedProcess {
  readonly table = new Map<number, OpenFile>();
  readonly children: TracedProcess[] = [];
  isWaiting = false;
  ignoresChildren = false;
  /** How it ended: `exited` or `killed`. */
  end: SystemCall | undefined;
  #left: readonly OpenFile[] | undefined;

  constructor(
    readonly id: number,
    readonly parent?: TracedProcess,
  ) {}

  /** What it had not closed when it was told to end, when it ended, or when the record ended. */
  get left(): readonly OpenFile[] {
    return this.#left ?? [...new Set(this.table.values())];
  }

  /** It runs another program from now on: what a shell did before says nothing about that. */
  noteProgram(): void {
    this.isWaiting = false;
    this.children.length = 0;
  }

  /** Many languages close everything on their way out: that does not count. */
  noteStop(): void {
    this.#left = this.left;
  }
}

export interface Story {
  readonly role: Role;
  readonly steps: readonly Step[];
  readonly processes: readonly TracedProcess[];
  readonly sockets: readonly OpenFile[];
  readonly files: readonly OpenFile[];
}

/** Only the beginning of what arrives is kept, in characters. */
const INPUT_KEPT = 4_096;

/** `root` is the directory of the case: other files are the program's own and its libraries'. */
export function followCalls(calls: readonly SystemCall[], role: Role, root: string): Story {
  const follower = new Follower(calls, role, root);
  for (const call of calls) follower.take(call);
  const { steps, opened } = follower;
  return {
    ...{ role, steps, processes: [...new Set(follower.threads.values())] },
    sockets: opened.filter(({ kind }) => kind === "socket"),
    files: opened.filter(({ kind }) => kind === "file"),
  };
}

const READS = new Set(["read", "readv", "recv", "recvmsg", "pread64"]);
const WRITES = new Set(["write", "writev", "send", "sendmsg", "pwrite64"]);
const GONE = new Set(["ECONNRESET", "EPIPE"]);

export const isRead = ({ name }: SystemCall): boolean => READS.has(name);
export const isWrite = ({ name }: SystemCall): boolean => WRITES.has(name);

/** The suite tells the program to end: from then on it need not do anything. */
export const isStopSignal = ({ name, text }: SystemCall): boolean =>
  name === "signal" && (text === "SIGINT" || text === "SIGTERM");

class Follower {
  readonly steps: Step[] = [];
  readonly opened: OpenFile[] = [];
  readonly threads = new Map<number, TracedProcess>();
  /** The call that made each thread: a child may act before the call has returned to its parent. */
  readonly #births: Map<number, SystemCall>;

  constructor(
    calls: readonly SystemCall[],
    private readonly role: Role,
    private readonly root: string,
  ) {
    const forks = calls.filter(({ name, result = -1 }) => name === "fork" && result > 0);
    this.#births = new Map(forks.map((call) => [call.result ?? 0, call]));
  }

  take(call: SystemCall): void {
    const process = this.#processOf(call.thread);
    const open = process.table.get(call.descriptor ?? -1);
    const step = { call, process, ...(open && { open }) };
    this.steps.push(step);
    open?.steps.push(step);
    if (open) this.#count(call, open);
    this.#act(call, process, open);
  }

  #processOf(thread: number): TracedProcess {
    const known = this.threads.get(thread);
    if (known) return known;
    const birth = this.#births.get(thread);
    const parent = birth && this.#processOf(birth.thread);
    const isThread = parent && birth.text.includes("CLONE_THREAD");
    const made = isThread ? parent : new TracedProcess(thread, parent);
    this.threads.set(thread, made);
    if (isThread || !parent) return made;
    parent.children.push(made);
    for (const [descriptor, open] of parent.table) this.#hold(made, descriptor, open);
    return made;
  }

  #hold(process: TracedProcess, descriptor: number, open: OpenFile): void {
    this.#release(process, descriptor);
    process.table.set(descriptor, open);
    open.holders.set(process, (open.holders.get(process) ?? 0) + 1);
  }

  #release(process: TracedProcess, descriptor: number): void {
    const open = process.table.get(descriptor);
    if (!open) return;
    process.table.delete(descriptor);
    const left = (open.holders.get(process) ?? 1) - 1;
    if (left > 0) open.holders.set(process, left);
    else open.holders.delete(process);
  }

  #count(call: SystemCall, open: OpenFile): void {
    const { result = 0, error = "", name } = call;
    if (isRead(call) && result > 0) {
      open.read += result;
      open.input = (open.input + call.data).slice(0, INPUT_KEPT);
    }
    if (isRead(call) && result === 0 && call.size > 0) open.hasEnded = true;
    if (GONE.has(error)) open.hasEnded = true;
    if ((isWrite(call) || name === "sendfile") && result > 0) open.written += result;
  }

  #act(call: SystemCall, process: TracedProcess, open: OpenFile | undefined): void {
    const { name, result = -1, text, descriptor = -1 } = call;
    if (name === "exited" || name === "killed") return this.#end(call, process);
    if (isStopSignal(call)) process.noteStop();
    if (name === "wait") process.isWaiting = true;
    if (name === "rt_sigaction" && /^SIGCHLD, \{.*(SIG_IGN|SA_NOCLDWAIT)/.test(text))
      process.ignoresChildren = true;
    if (name === "setsockopt" && text.includes("SO_REUSEADDR, [1]") && open) open.isReusable = true;
    if (name === "bind" && open) open.bound = parseEndpoint(text);
    if (name === "connect" && open) this.#connect(call, open);
    if (result < 0) return;
    if (name === "execve") process.noteProgram();
    if (name === "listen" && open) open.track = "listener";
    if (name === "close") this.#release(process, descriptor);
    if (name === "socket" && /^AF_INET6?, SOCK_STREAM/.test(text))
      this.#open(process, result, new OpenFile("socket"));
    if (name === "accept") this.#accept(call, process, open);
    if (name === "open") this.#openPath(call, process);
    if (open && (/^dup/.test(name) || (name === "fcntl" && text.includes("F_DUPFD"))))
      this.#hold(process, result, open);
    if (name === "sendfile") this.#countSource(call, process);
  }

  #open(process: TracedProcess, descriptor: number, open: OpenFile): void {
    this.opened.push(open);
    this.#hold(process, descriptor, open);
  }

  #openPath(call: SystemCall, process: TracedProcess): void {
    const { returned, result = 0, text } = call;
    const isOwn = returned.startsWith(`${this.root}/`) && !text.includes("O_DIRECTORY");
    const open = new OpenFile(isOwn ? "file" : "other", returned);
    this.#open(process, result, open);
    const step = { call, process, open };
    this.steps[this.steps.length - 1] = step;
    open.steps.push(step);
  }

  #connect(call: SystemCall, socket: OpenFile): void {
    socket.peer = parseEndpoint(call.text);
    const hasP = this.opened.some(({ track }) => track === "P");
    socket.track = this.role === "client" && !hasP ? "P" : "Q";
    // The next address of the same host is tried.
    const isPending = call.error === undefined || call.error === "EINPROGRESS";
    if (!isPending && this.role === "client") socket.track = undefined;
  }

  #accept(call: SystemCall, process: TracedProcess, from: OpenFile | undefined): void {
    const socket = new OpenFile("socket");
    const [first] = this.opened.filter(({ track }) => track === "listener");
    socket.track = this.role === "server" && from === first ? "P" : "Q";
    const [, peer = ""] = /->(.*)\]$/.exec(call.returned) ?? [];
    const [, address = "", port = ""] = /^(.*):(\d+)$/.exec(peer) ?? [];
    socket.peer = parseEndpoint(call.text) ?? {
      address: normalizeAddress(address.replace(/[[\]]/g, "")),
      port: Number(port),
    };
    this.#open(process, call.result ?? 0, socket);
    // The call itself stays with the listener; here it says where the connection came from.
    socket.steps.push({ call, process, open: socket });
  }

  /** The file from which sendfile reads. */
  #countSource({ text, result = 0 }: SystemCall, process: TracedProcess): void {
    const [, source] = /^\d+(?:<(?:->|[^>])*>)?, (\d+)/.exec(text) ?? [];
    const open = process.table.get(Number(source));
    if (open) open.read += result;
    if (open && result === 0) open.hasEnded = true;
  }

  #end(call: SystemCall, process: TracedProcess): void {
    // The end of a thread is not that of its process.
    if (call.thread !== process.id) return;
    process.noteStop();
    process.end = call;
    for (const descriptor of process.table.keys()) this.#release(process, descriptor);
  }
}

/** `sin_port=htons(30020), sin_addr=inet_addr("127.0.0.1")`, and the same of IPv6. */
function parseEndpoint(text: string): Endpoint | undefined {
  const [, port] = /port=htons\((\d+)\)/.exec(text) ?? [];
  const [, address = ""] = /inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]*)"/.exec(text) ?? [];
  return port === undefined
    ? undefined
    : { address: normalizeAddress(address), port: Number(port) };
}
