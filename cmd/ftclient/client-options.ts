// Reads and checks the arguments of ftclient before anything is opened: step 3 of the assignment.

import type { ConnectOptions } from "../../lib/client/connect-options.ts";
import { DataMode } from "../../lib/client/data-mode.ts";
import { LOWEST_DATA_PORT, parsePort } from "../../lib/protocol/port.ts";
import { formatRequest } from "../../lib/protocol/protocol.ts";
import type { OnDuplicate } from "../../lib/client/save.ts";
import { hasControls, sanitizeForDisplay } from "../../lib/text.ts";
import { type Arguments, usageFailure } from "../cli/arguments.ts";
import { printMessage } from "../cli/terminal.ts";

/** How long to wait for a connection or a reply, in seconds: longer than a server tries to connect to a data port. */
export const REPLY_TIMEOUT = 15;

/** The longest silence within a file, in seconds: a network may fail for so long, and the transfer still continues. */
export const STALL_TIMEOUT = 60;

/** The paths of standard output on Linux: they are links, which no file is saved over. */
const STANDARD_OUTPUT = /^\/dev\/(stdout|fd\/1)$|^\/proc\/self\/fd\/1$/;

/** What the user wants. */
export interface ClientOptions {
  readonly connect: ConnectOptions;
  /** The file to fetch; undefined to list. */
  readonly fileName: string | undefined;
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
  const fileName = readCommand(args);
  const dataPort =
    args.text("data-port") === undefined ? 0 : args.port("data-port", LOWEST_DATA_PORT);
  const output = readOutput(args);
  const json = args.flag("json");
  if (output === "-" && json)
    throw usageFailure("--json and --output - cannot share standard output.");
  if (fileName === undefined) assertListOptions(args);
  else {
    if (output === undefined) assertLocalName(fileName);
    if (dataPort === 0) assertNoPort(fileName);
    assertSendable(fileName);
  }
  const timeout = (fallback: number) => args.number("timeout", 0.1, 86_400, fallback) * 1000;
  return {
    connect: {
      ...{ host, port, dataPort, signal },
      mode: readMode(args),
      timeout: timeout(REPLY_TIMEOUT),
      stall: timeout(STALL_TIMEOUT),
    },
    fileName,
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

/** Commands that people write as words. */
const COMMAND_WORD = /^(list|ls|get)$/i;

/** A positional argument that cannot be meant as a port: it does not begin like a number, or has the dot of a file name. */
const NO_PORT = /^[^0-9+-]|\./;

/**
 * Refuses a command without its dash, and a second file name. A host may be named `get`: its port comes after it.
 * The messages repeat nothing, as any of the values may be a password.
 */
export function checkPositionals(values: readonly string[], args: Arguments): void {
  const [, second = "", third = ""] = values;
  const word = [third, second, NO_PORT.test(second) ? values[0] : ""].find((one) =>
    COMMAND_WORD.test(one ?? ""),
  );
  if (word && args.text("get") === undefined) {
    const use = word.toLowerCase() === "get" ? "-g FILENAME to fetch" : "-l to list";
    throw usageFailure(`A command is an option: use ${use}.`);
  }
  if (args.text("get") === undefined || !NO_PORT.test(third)) return;
  throw usageFailure(
    "-g takes one FILENAME, which only DATA_PORT may follow: run ftclient once for each file, and put a name with spaces in quotes.",
  );
}

/** Returns the file name of -g; undefined for -l. */
function readCommand(args: Arguments): string | undefined {
  const fileName = args.text("get");
  if (args.flag("list") === (fileName === undefined)) return fileName;
  const notBoth = fileName === undefined ? "" : "; not both";
  throw usageFailure(`Give one command: -l to list, or -g FILENAME to fetch${notBoth}.`);
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
  const wrong = ["output", "on-duplicate"].find((name) => args.text(name) !== undefined);
  if (wrong !== undefined) throw usageFailure(`--${wrong} can be used with -g only.`);
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
function assertSendable(name: string): void {
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
