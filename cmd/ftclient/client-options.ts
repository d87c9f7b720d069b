// Reads and checks the arguments of ftclient before anything is opened: step 3 of the assignment.

import type { ConnectOptions } from "../../lib/client/connect-options.ts";
import { DataMode } from "../../lib/client/data-mode.ts";
import { LOWEST_DATA_PORT, parsePort } from "../../lib/protocol/port.ts";
import { formatRequest } from "../../lib/protocol/protocol.ts";
import type { OnDuplicate } from "../../lib/client/save.ts";
import { hasControls, sanitizeForDisplay } from "../../lib/text.ts";
import { type Arguments, usageFailure } from "../cli/arguments.ts";
import { printMessage } from "../cli/terminal.ts";
import { type FileSelection, hasDataPort, readSelection } from "./file-selection.ts";

/** How long to wait for a connection or a reply, in seconds: longer than a server tries to connect to a data port. */
export const REPLY_TIMEOUT = 15;

/** The longest silence within a file, in seconds: a network may fail for so long, and the transfer still continues. */
export const STALL_TIMEOUT = 60;

/** More files at one time are no faster on any path, and take the places of other clients. */
export const MAX_JOBS = 32;

/** The paths of standard output on Linux: they are links, which no file is saved over. */
const STANDARD_OUTPUT = /^\/dev\/(stdout|fd\/1)$|^\/proc\/self\/fd\/1$/;

/** What the user wants. */
export interface ClientOptions {
  readonly connect: ConnectOptions;
  /** The files to fetch; undefined to list. */
  readonly files: FileSelection | undefined;
  /** How many files are fetched at one time; undefined to find out what is fastest. */
  readonly jobs: number | undefined;
  /** How often a transfer is tried again that may succeed later. */
  readonly retries: number;
  readonly output: string | undefined;
  readonly onDuplicate: OnDuplicate | "ask" | undefined;
  readonly user: string | undefined;
  readonly insecureLogin: boolean;
  /** Which certificate of the server to trust; undefined for connections without TLS. */
  readonly trust: { readonly ca: string | undefined; readonly pin: string | undefined } | undefined;
  readonly verify: boolean;
  /** Wait until the file is on the disk. */
  readonly sync: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** Throws a `Failure` of kind `usage` that names the wrong argument. */
export function readClientOptions(args: Arguments, signal: AbortSignal): ClientOptions {
  const host = readHost(args);
  const port = args.port("server-port", 1);
  const files = readSelection(args);
  const dataPort = hasDataPort(args) ? args.port("data-port", LOWEST_DATA_PORT) : 0;
  const output = readOutput(args);
  const json = args.flag("json");
  if (output === "-" && json)
    throw usageFailure("--json and --output - cannot share standard output.");
  if (files === undefined) assertListOptions(args);
  for (const name of files?.names ?? []) {
    if (output === undefined) assertLocalName(name);
    assertSendable(name);
  }
  const [only, more] = files?.names ?? [];
  if (only !== undefined && more === undefined && dataPort === 0) assertNoPort(only);
  const timeout = (fallback: number) => args.number("timeout", 0.1, 86_400, fallback) * 1000;
  return {
    connect: {
      ...{ host, port, dataPort, signal },
      mode: readMode(args),
      timeout: timeout(REPLY_TIMEOUT),
      stall: timeout(STALL_TIMEOUT),
    },
    files,
    jobs: readJobs(args, dataPort),
    retries: args.integer("retry", 0, 1000, 0),
    output,
    onDuplicate: args.choice("on-duplicate", ["refuse", "rename", "overwrite", "ask"]),
    user: args.text("user"),
    insecureLogin: args.flag("insecure-login"),
    trust: readTrust(args),
    verify: args.flag("verify"),
    sync: !args.flag("no-sync"),
    quiet: args.flag("quiet") || json,
    json,
  };
}

/** By default the server opens Q, as the assignment wants it, and the client if the server cannot. */
function readMode(args: Arguments): DataMode {
  const [active, passive] = [args.flag("active"), args.flag("passive")];
  if (active && passive) throw usageFailure("Give --active or --passive; not both.");
  const isQuiet = args.flag("quiet") || args.flag("json");
  const onFallback = (sentence: string) => isQuiet || printMessage(`ftclient: ${sentence}\n`);
  return new DataMode(active ? "active" : passive ? "passive" : undefined, onFallback);
}

/** A host name, or an IP address. An IPv6 address has two colons or more: `localhost:30021` and a URL are not allowed. */
function readHost(args: Arguments): string {
  const host = args.required("server-host");
  // The part before the @ may hold a password: it is not repeated.
  if (host.includes("@"))
    throw usageFailure("SERVER_HOST takes no user name: give the host alone, and use --user NAME.");
  if (!/[/\s]|^\[?[^:]*:[^:]*$|^\[[^\]]*$/.test(host)) return host;
  throw usageFailure(
    `SERVER_HOST takes only a host name or an IP address, not "${sanitizeForDisplay(host)}".`,
  );
}

/** Returns where to save; `-` is standard output. */
function readOutput(args: Arguments): string | undefined {
  const output = args.text("output");
  if (output !== undefined && STANDARD_OUTPUT.test(output)) return "-";
  if (output === undefined) return undefined;
  assertText("--output", output);
  return output;
}

/** A listing is not saved, so the options for saving are refused. --verify is allowed: a listing is always checked. */
function assertListOptions(args: Arguments): void {
  const wrong = ["output", "on-duplicate", "jobs"].find((name) => args.text(name) !== undefined);
  if (wrong !== undefined) throw usageFailure(`--${wrong} can be used with -g only.`);
}

/** Each file that is fetched at the same time as another one needs a data port of its own. */
function readJobs(args: Arguments, dataPort: number): number | undefined {
  const isGiven = args.text("jobs") !== undefined;
  const jobs = isGiven ? args.integer("jobs", 1, MAX_JOBS, 1) : undefined;
  if (dataPort === 0) return jobs;
  if ((jobs ?? 1) === 1) return 1;
  throw usageFailure(`--jobs ${jobs} needs ${jobs} data ports: leave DATA_PORT out.`);
}

function readTrust(args: Arguments): ClientOptions["trust"] {
  const [ca, pin] = [args.text("ca"), args.text("pin")];
  if (args.flag("tls")) return { ca, pin };
  if (ca === undefined && pin === undefined) return undefined;
  throw usageFailure(`--${ca === undefined ? "pin" : "ca"} can be used with --tls only.`);
}

/** The file is saved in a directory under its name, so the name must not be a path. */
export function assertLocalName(name: string): void {
  if (name !== "." && name !== ".." && !name.includes("/")) return;
  throw usageFailure(
    `-g takes the name of a file, not a path: "${sanitizeForDisplay(name)}". Use --output to save elsewhere.`,
  );
}

/** Refuses a name that no request can carry before P is opened. */
export function assertSendable(name: string): void {
  assertText("-g", name);
  if (hasControls(name)) {
    throw usageFailure(
      `-g takes a name without control characters, not "${sanitizeForDisplay(name)}".`,
    );
  }
  formatRequest({ kind: "get", name, dataPort: LOWEST_DATA_PORT });
}

/** The runtime replaces bytes that are not UTF-8 by U+FFFD: the name would be that of another file. */
function assertText(option: string, value: string): void {
  if (!value.includes("\ufffd")) return;
  throw usageFailure(`${option} takes a name in UTF-8, not "${sanitizeForDisplay(value)}".`);
}

/** In `-g 30020` the user has most likely forgotten the file name. To fetch a file of that name, give a data port too. */
function assertNoPort(name: string): void {
  if ("why" in parsePort(name, LOWEST_DATA_PORT)) return;
  throw usageFailure(
    `-g takes a FILENAME before the DATA_PORT: to fetch a file named ${name}, give both.`,
  );
}
