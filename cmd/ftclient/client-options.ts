// What the user of ftclient asks for, checked as far as it can be without opening anything: step 3 of the assignment.

import type { ConnectOptions } from "../../lib/client/connect-options.ts";
import { LOWEST_DATA_PORT, parsePort } from "../../lib/protocol/port.ts";
import { formatRequest } from "../../lib/protocol/protocol.ts";
import type { OnDuplicate } from "../../lib/client/save.ts";
import { hasControls, sanitizeForDisplay } from "../../lib/text.ts";
import { type Arguments, usage } from "../cli/arguments.ts";

/** How long a connection and a reply are waited for, in seconds: more than the ten that a server takes to dial in vain. */
export const PATIENCE = 15;

/** The longest silence in the middle of a file, in seconds: a network that comes back within it costs nothing. */
export const STALL = 60;

/** What the user asked for. */
export interface ClientOptions {
  readonly target: ConnectOptions;
  readonly name: string | undefined;
  readonly output: string | undefined;
  readonly onDuplicate: OnDuplicate | "ask" | undefined;
  readonly user: string | undefined;
  readonly insecure: boolean;
  /** How to know the server by its certificate; undefined for connections in the clear. */
  readonly trust: { readonly ca: string | undefined; readonly pin: string | undefined } | undefined;
  readonly verify: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** Validates every argument. Throws a `Failure` of kind `usage` that names the one that is wrong. */
export function readClientOptions(given: Arguments, signal: AbortSignal): ClientOptions {
  const host = readHost(given);
  const port = given.port("server-port", 1);
  const name = given.text("get");
  if (given.flag("list") === (name !== undefined)) {
    throw usage(
      `Give one command: -l to list, or -g FILENAME to fetch${name === undefined ? "" : "; not both"}.`,
    );
  }
  const dataPort =
    given.text("data-port") === undefined ? 0 : given.port("data-port", LOWEST_DATA_PORT);
  const wait = (fallback: number) => given.number("timeout", 0.1, 86_400, fallback) * 1000;
  const output = readOutput(given);
  const json = given.flag("json");
  if (output === "-" && json) throw usage("--json and --output - cannot share standard output.");
  if (name === undefined) assertOnlyList(given);
  if (name !== undefined && output === undefined) assertLocalName(name);
  if (name !== undefined && dataPort === 0) assertNoPort(name);
  if (name !== undefined) assertSendable(name);
  return {
    target: { host, port, dataPort, timeout: wait(PATIENCE), stall: wait(STALL), signal },
    name,
    output,
    onDuplicate: given.choice("on-duplicate", ["refuse", "rename", "overwrite", "ask"]),
    user: given.text("user"),
    insecure: given.flag("insecure-login"),
    trust: readTrust(given),
    verify: given.flag("verify"),
    quiet: given.flag("quiet") || json,
    json,
  };
}

/** A host name, or an IP address, which has two colons at least: `localhost:30021` and a URL are neither. */
function readHost(given: Arguments): string {
  const host = given.required("server-host");
  if (!/[/\s]|^\[?[^:]*:[^:]*$|^\[[^\]]*$/.test(host)) return host;
  throw usage(
    `SERVER_HOST takes a host name or an IP address alone, not "${sanitizeForDisplay(host)}".`,
  );
}

/** Where to save; `-` is standard output, by whatever name. */
function readOutput(given: Arguments): string | undefined {
  const output = given.text("output");
  if (output === "/dev/stdout") return "-";
  if (!output?.endsWith("/")) return output;
  throw usage(
    `--output takes the name of a file, not of a directory: "${sanitizeForDisplay(output)}".`,
  );
}

/** What says where a file goes is refused for a listing. --verify asks for care, of which a listing has all there is. */
function assertOnlyList(given: Arguments): void {
  const surplus = ["output", "on-duplicate"].find((name) => given.text(name) !== undefined);
  if (surplus !== undefined) throw usage(`--${surplus} goes with -g.`);
}

function readTrust(given: Arguments): ClientOptions["trust"] {
  const [ca, pin] = [given.text("ca"), given.text("pin")];
  if (given.flag("tls")) return { ca, pin };
  if (ca === undefined && pin === undefined) return undefined;
  throw usage(`--${ca === undefined ? "pin" : "ca"} goes with --tls.`);
}

/** The file is saved in the current directory, so that its name must be one there. */
function assertLocalName(name: string): void {
  if (name !== "." && name !== ".." && !name.includes("/")) return;
  throw usage(
    `-g takes the name of a file, not a path: "${sanitizeForDisplay(name)}". Use --output to save elsewhere.`,
  );
}

/** A name that no request can carry is found out here, and not when P is open. */
function assertSendable(name: string): void {
  if (hasControls(name)) {
    throw usage(`-g takes a name without control characters, not "${sanitizeForDisplay(name)}".`);
  }
  formatRequest({ kind: "get", name, dataPort: LOWEST_DATA_PORT });
}

/** `-g 30020` is most likely a data port whose file name was forgotten; who means the file says so by a data port behind it. */
function assertNoPort(name: string): void {
  if ("why" in parsePort(name, LOWEST_DATA_PORT)) return;
  throw usage(
    `-g takes a FILENAME before the DATA_PORT: for a file that is named ${name}, give both.`,
  );
}
