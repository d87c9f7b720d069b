// ftclient: lists the files of an ftserver, or fetches one.

import type { ArgsDef } from "citty";
import { Failure } from "../lib/errors.ts";
import type { Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { readClientOptions, REPLY_TIMEOUT, STALL_TIMEOUT } from "./ftclient/client-options.ts";
import { runClient } from "./ftclient/run-client.ts";

const args = {
  "server-host": { type: "positional", description: "Name or IP address of the server" },
  "server-port": { type: "positional", description: "Port of the server, 1 to 65535" },
  "data-port": {
    type: "positional",
    required: false,
    description: "Port to which the server sends, 1024 to 65535 (default: a free one)",
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
    description: "What to do if the file exists already (default: ask on a terminal, else refuse)",
  },
  user: {
    type: "string",
    alias: "u",
    valueHint: "NAME",
    description:
      "Log in as NAME; the password comes from FTCLIENT_PASSWORD or ~/.netrc, or you are asked for it",
  },
  "insecure-login": {
    type: "boolean",
    description: "Send the password without TLS, although others on the network can read it",
  },
  tls: {
    type: "boolean",
    description: "Encrypt both connections, and check that the server is SERVER_HOST",
  },
  ca: {
    type: "string",
    valueHint: "FILE",
    description: "With --tls: trust the issuers in this PEM file (default: the system's)",
  },
  pin: {
    type: "string",
    valueHint: "sha256:HEX",
    description: "With --tls: trust only the certificate with this fingerprint",
  },
  verify: {
    type: "boolean",
    description: "Compare the SHA-256 with the server's before the file gets its name",
  },
  timeout: {
    type: "string",
    valueHint: "SECONDS",
    description: `Give up after this many seconds of silence (default: ${REPLY_TIMEOUT}, and ${STALL_TIMEOUT} within a file)`,
  },
  quiet: { type: "boolean", alias: "q", description: "Print errors only" },
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
  tooManyArguments:
    "Too many arguments. Do not put a user name or a password on the command line, where every user of this computer can read them: use --user NAME, and give the password when you are asked for it, in FTCLIENT_PASSWORD, or in ~/.netrc.",
  example: `  ftclient localhost 30021 -l
  ftclient localhost 30021 -g notes.txt 30020
  ftclient localhost 30021 -g notes.txt --on-duplicate rename
  ftclient files.example.com 30021 -g notes.txt --tls --user alice
  ftclient localhost 30021 -g backup.tar -o - | tar x`,
};

if (import.meta.main) {
  const interruption = new AbortController();
  const reason = new Failure("other", "Interrupted: the transfer is not complete.");
  await main(program, (args) => runClient(readClientOptions(args, interruption.signal)), {
    onSignal: () => interruption.abort(reason),
  });
}
