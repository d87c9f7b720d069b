// ftclient: lists the files of an ftserver, or fetches one.

import { Failure } from "../lib/errors.ts";
import type { Arguments, Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { flag, positional, STANDARD_OPTIONS, value } from "./cli/options.ts";
import { readClientOptions, REPLY_TIMEOUT, STALL_TIMEOUT } from "./ftclient/client-options.ts";
import { checkPositionals } from "./ftclient/file-selection.ts";
import { runClient } from "./ftclient/run-client.ts";

const args = {
  "server-host": positional("Name or IP address of the server"),
  "server-port": positional("Port of the server, 1 to 65535"),
  "data-port": positional(
    "Port to which the server sends, 1024 to 65535 (default: a free one)",
    false,
  ),
  filename: positional(
    "More files for -g. A single word behind FILENAME is DATA_PORT, unless it has an ending, as in b.txt, or is a pattern: put -g before each name that has none",
    false,
  ),
  list: flag("List the files that can be fetched", "l"),
  get: value(
    "FILENAME",
    "Fetch a file into the current directory, or all files that match a pattern of *, ? and [...], in quotes; a file that really has this name comes first",
    "g",
  ),
  all: flag("Fetch all files that -l lists, apart from dot files"),
  jobs: value("N", "Fetch N files at one time (default: what is fastest on the path)", "j"),
  output: value(
    "FILE",
    "Save as FILE, or in it under its own name if it is a directory; - is standard output",
    "o",
  ),
  "on-duplicate": value(
    "refuse|rename|overwrite|ask",
    "What to do if the file exists already (default: ask on a terminal, else refuse)",
  ),
  user: value(
    "NAME",
    "Log in as NAME; the password comes from FTCLIENT_PASSWORD or ~/.netrc, or you are asked for it",
    "u",
  ),
  "insecure-login": flag(
    "Send the password without TLS, although others on the network can read it",
  ),
  tls: flag("Encrypt both connections, and check that the server is SERVER_HOST"),
  ca: value("FILE", "With --tls: trust the issuers in this PEM file (default: the system's)"),
  pin: value("sha256:HEX", "With --tls: trust only the certificate with this fingerprint"),
  passive: flag("Open the data connection from here, for a NAT or a firewall on your side"),
  active: flag(
    "Let only the server open it (default: the server first, then from here if that fails)",
  ),
  verify: flag("Compare the SHA-256 with the server's before the file gets its name"),
  "no-sync": flag(
    "Do not wait until the file is on the disk: faster, but a power failure can take it away",
  ),
  timeout: value(
    "SECONDS",
    `Give up after this many seconds of silence (default: ${REPLY_TIMEOUT}, and ${STALL_TIMEOUT} within a file)`,
  ),
  retry: value(
    "N",
    "Try again up to N times, with longer and longer pauses, after no connection, a cut, or a server that is too busy",
  ),
  quiet: flag("Print errors only", "q"),
  json: flag("Print one JSON object on standard output instead of text"),
  ...STANDARD_OPTIONS,
};

export const program: Program = {
  name: "ftclient",
  description: "List or fetch files from an ftserver",
  args,
  jsonErrors: true,
  checkPositionals,
  rest: "filename",
  repeatable: ["get"],
  example: `  ftclient localhost 30021 -l
  ftclient localhost 30021 -g notes.txt 30020
  ftclient localhost 30021 -g notes.txt --on-duplicate rename
  ftclient localhost 30021 -g a.txt b.txt -g Makefile '*.log' -o backup
  ftclient files.example.com 30021 -g notes.txt --tls --user alice
  ftclient localhost 30021 -g backup.tar -o - | tar x`,
};

/** How long the work may take to end after a signal, in ms: a pipe that nobody reads, or a disk that does not answer, must not hold it. */
const END_TIMEOUT = 1000;

export async function start(): Promise<void> {
  const interruption = new AbortController();
  const late = Promise.withResolvers<never>();
  const reason = new Failure("other", "Interrupted: the transfer is not complete.");
  const work = (args: Arguments) => runClient(readClientOptions(args, interruption.signal));
  await main(program, (args) => Promise.race([work(args), late.promise]), {
    onSignal: () => {
      interruption.abort(reason);
      setTimeout(() => late.reject(reason), END_TIMEOUT);
    },
  });
}

if (import.meta.main) void start();
