// ftclient: lists the files of an ftserver, or fetches one.

import type { ArgsDef } from "citty";
import { fetchFile, fetchListing, parseListing, type FileSink } from "../lib/client/client.ts";
import { Failure } from "../lib/errors.ts";
import { lstat } from "../lib/sys/file.ts";
import { PartFile } from "../lib/client/part.ts";
import { localFailure, type OnDuplicate, quote } from "../lib/client/save.ts";
import { escapeControls, isPlain, sanitizeForDisplay } from "../lib/text.ts";
import type { Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { Progress, size } from "./cli/progress.ts";
import { onTerminal, say, STDERR, STDIN, STDOUT, writeOut } from "./cli/terminal.ts";
import {
  PATIENCE,
  readClientOptions,
  STALL,
  type ClientOptions,
} from "./ftclient/client-options.ts";

const args = {
  "server-host": { type: "positional", description: "Name or IP address of the server" },
  "server-port": { type: "positional", description: "Port of the server, 1 to 65535" },
  "data-port": {
    type: "positional",
    required: false,
    description: "Port for the server to send to, 1024 to 65535 (default: a free one)",
  },
  list: { type: "boolean", alias: "l", description: "List the files that can be fetched" },
  get: {
    type: "string",
    alias: "g",
    valueHint: "FILENAME",
    description: "Fetch a file into the current directory",
  },
  output: {
    type: "string",
    alias: "o",
    valueHint: "FILE",
    description: "Save as FILE; - is standard output",
  },
  "on-duplicate": {
    type: "string",
    valueHint: "refuse|rename|overwrite|ask",
    description: "Where the file exists already (default: ask on a terminal, else refuse)",
  },
  user: {
    type: "string",
    alias: "u",
    valueHint: "NAME",
    description: "Log in; the password comes from FTCLIENT_PASSWORD, ~/.netrc, or a question",
  },
  "insecure-login": {
    type: "boolean",
    description: "Send the password to another host without TLS, for everyone on the way to read",
  },
  tls: {
    type: "boolean",
    description: "Encrypt both connections, and make sure that the server is SERVER_HOST",
  },
  ca: {
    type: "string",
    valueHint: "FILE",
    description: "With --tls: trust the issuers in this PEM file (default: the system's)",
  },
  pin: {
    type: "string",
    valueHint: "sha256:HEX",
    description: "With --tls: trust the one certificate with this fingerprint, and no other",
  },
  verify: {
    type: "boolean",
    description: "Compare SHA-256 with the server before the file gets its name",
  },
  timeout: {
    type: "string",
    valueHint: "SECONDS",
    description: `Longest silence to bear (default: ${PATIENCE}, within a file ${STALL})`,
  },
  quiet: { type: "boolean", alias: "q", description: "Say nothing but errors" },
  json: {
    type: "boolean",
    description: "Print one JSON object on standard output instead of text",
  },
  version: { type: "boolean", description: "Print the version" },
  help: { type: "boolean", alias: "h", description: "Print this help" },
} as const satisfies ArgsDef;

export const program: Program = {
  name: "ftclient",
  description: "List or fetch files from an ftserver",
  args,
  jsonErrors: true,
  surplus:
    "Surplus arguments. A user name and a password are not given here, where every user of this host could read them: use --user NAME, and give the password when asked, in FTCLIENT_PASSWORD, or in ~/.netrc.",
  example: `  ftclient localhost 30021 -l
  ftclient localhost 30021 -g notes.txt 30020
  ftclient localhost 30021 -g notes.txt --on-duplicate rename
  ftclient files.example.com 30021 -g notes.txt --tls --user alice
  ftclient localhost 30021 -g backup.tar -o - | tar x`,
};

if (import.meta.main) {
  const interruption = new AbortController();
  await main(program, (given) => run(readClientOptions(given, interruption.signal)), {
    onSignal: () =>
      interruption.abort(
        new Failure("other", "Interrupted: nothing was saved under the file's name."),
      ),
  });
}

async function run(asked: ClientOptions): Promise<void> {
  const sure = asked.trust === undefined ? asked : await withTls(asked, asked.trust);
  const wish = sure.user === undefined ? sure : await withLogin(sure, sure.user);
  if (wish.name === undefined) await showListing(wish);
  else await saveFile(wish, wish.name);
}

/** What knows of TLS is loaded only where it is used. */
async function withTls(
  wish: ClientOptions,
  { ca, pin }: NonNullable<ClientOptions["trust"]>,
): Promise<ClientOptions> {
  const { TlsClient } = await import("../lib/tls/tls-client.ts");
  const tls = TlsClient.read(wish.target.host, ca, pin);
  return { ...wish, target: { ...wish.target, tls } };
}

/** Finds the password, which is never an argument. What knows of it is loaded only by those who log in. */
async function withLogin(wish: ClientOptions, name: string): Promise<ClientOptions> {
  const { findCredentials } = await import("./ftclient/credentials.ts");
  const login = await findCredentials(wish.target.host, name, wish.insecure);
  return { ...wish, target: { ...wish.target, login } };
}

async function showListing({ target, json }: ClientOptions): Promise<void> {
  const text = await fetchListing(target);
  // On a screen a name must not look like another one; in a pipe it must be the name.
  const escape = onTerminal(STDOUT) ? sanitizeForDisplay : escapeControls;
  if (json)
    await writeOut(`${JSON.stringify({ ok: true, command: "list", files: parseListing(text) })}\n`);
  else if (isPlain(text)) await writeOut(text);
  else
    await writeOut(
      parseListing(text)
        .map((name) => `${escape(name)}\n`)
        .join(""),
    );
}

async function saveFile(wish: ClientOptions, name: string): Promise<void> {
  const path = wish.output ?? name;
  if (path === "-" || isDevice(path)) return toStream(wish, name, path);
  using part = new PartFile(path, await policy(wish, path));
  try {
    await transfer(wish, name, part, () => part.complete());
  } catch (error) {
    throw part.isResumable ? withHint(error, part.offset) : error;
  }
}

/** What knows of streams is loaded only where there is one. */
async function toStream(wish: ClientOptions, name: string, path: string): Promise<void> {
  const { Device, StandardOutput } = await import("./ftclient/sinks.ts");
  if (path === "-") return transfer(wish, name, new StandardOutput(), () => "standard output");
  using device = new Device(path);
  await transfer(wish, name, device, () => path);
}

async function transfer(
  wish: ClientOptions,
  name: string,
  receiver: FileSink,
  complete: () => string,
): Promise<void> {
  const started = performance.now();
  const bar =
    wish.quiet || !onTerminal(STDERR) ? undefined : new Progress(sanitizeForDisplay(name));
  const progress = bar ? bar.update.bind(bar) : () => {};
  const receipt = await fetchFile(wish.target, name, receiver, {
    hash: wish.verify,
    progress,
  }).finally(() => bar?.clear());
  const saved = complete();
  const seconds = (performance.now() - started) / 1000;
  if (wish.json) {
    const { sha256, ...counts } = receipt;
    const result = {
      ok: true,
      command: "get",
      file: name,
      saved,
      ...counts,
      seconds,
      ...(sha256 ? { sha256 } : {}),
    };
    await writeOut(`${JSON.stringify(result)}\n`);
  } else if (!wish.quiet) {
    const resumed =
      receipt.bytes > receipt.received
        ? `, of which ${size(receipt.bytes - receipt.received)} were here`
        : "";
    const to = saved === name ? "" : ` to ${sanitizeForDisplay(saved)}`;
    const rate = size(receipt.received / seconds);
    say(
      `${sanitizeForDisplay(name)}${to}: transfer complete, ${size(receipt.bytes)}${resumed} in ${seconds.toFixed(2)} s (${rate}/s)\n`,
    );
  }
}

/** What to do where the file exists: the user's choice, which is asked for only where somebody can answer. */
async function policy({ onDuplicate }: ClientOptions, path: string): Promise<OnDuplicate> {
  if (onDuplicate && onDuplicate !== "ask") return onDuplicate;
  if (!onTerminal(STDIN) || !onTerminal(STDERR)) return "refuse";
  if (!lstat(path)) return "refuse";
  const { askDuplicate } = await import("./ftclient/prompt-duplicate.ts");
  return askDuplicate(path);
}

function isDevice(path: string): boolean {
  try {
    return lstat(path)?.isCharacterDevice ?? false;
  } catch (error) {
    throw localFailure(`Cannot save ${quote(path)}`, error);
  }
}

function withHint(error: unknown, bytes: number): unknown {
  if (!(error instanceof Failure)) return error;
  const hint = `The ${size(bytes)} that came are kept: run the same command again to go on from there.`;
  return new Failure(error.kind, `${error.message} ${hint}`);
}
