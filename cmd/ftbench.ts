// ftbench: measures this server and client, and other programs beside them.

import type { ArgsDef } from "citty";
import { Failure } from "../lib/errors.ts";
import type { Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { runFtbench } from "./ftbench/run-ftbench.ts";

const args = {
  get: {
    type: "boolean",
    description: "Time whole clients that fetch a file (default if no other work is given)",
  },
  list: {
    type: "string",
    valueHint: "COUNT",
    description: "Time whole clients that list COUNT files",
  },
  load: { type: "boolean", description: "Drive our server by many clients at once" },
  idle: {
    type: "string",
    valueHint: "COUNT",
    description: "Measure one client beside COUNT that are connected and silent",
  },
  bulk: {
    type: "string",
    valueHint: "COUNT",
    description: "Measure one client beside COUNT that fetch the largest of the sizes",
  },
  against: {
    type: "string",
    valueHint: "NAME[@PORT]=COMMAND",
    description: "Another client for --get and --list; separate several by ' ; '",
  },
  "load-ftp": {
    type: "string",
    valueHint: "[NAME=]PORT",
    description: "Drive an FTP server too, by PORT and RETR; separate several by commas",
  },
  "load-http": {
    type: "string",
    valueHint: "[NAME=]PORT",
    description: "Drive an HTTP server too, with one connection for each request",
  },
  root: {
    type: "string",
    valueHint: "DIR",
    description: "Create the files in DIR, where other servers find them (default: a new one)",
  },
  sizes: {
    type: "string",
    valueHint: "SIZES",
    description: "Sizes of the files, such as 1K,1M,1G (default: 1K,64K,1M,16M,256M)",
  },
  clients: {
    type: "string",
    valueHint: "COUNTS",
    description: "Clients at once under load (default: 1,4,16,64)",
  },
  rounds: {
    type: "string",
    valueHint: "N",
    description: "How often to measure each program, in turn (default: 7)",
  },
  seconds: {
    type: "string",
    valueHint: "N",
    description: "Length of one round under load (default: 2)",
  },
  null: { type: "boolean", description: "Let the clients write to /dev/null" },
  timeout: {
    type: "string",
    valueHint: "SECONDS",
    description: "Longest time for one client (default: 120)",
  },
  json: { type: "string", valueHint: "FILE", description: "Write all results to FILE" },
  svg: { type: "string", valueHint: "FILE", description: "Write a plot to FILE" },
  quick: {
    type: "boolean",
    description: "Measure everything in a few seconds, only to see that it works",
  },
  version: { type: "boolean", description: "Print the version" },
  help: { type: "boolean", alias: "h", description: "Print this help" },
} as const satisfies ArgsDef;

export const program: Program = {
  name: "ftbench",
  description: "Measure this server and client, and other programs beside them",
  args,
  example: `  ftbench
  ftbench --root /srv/ftp --against 'curl@21=curl -s -o {out} ftp://127.0.0.1/{file}'
  ftbench --list 100000 --root /srv/ftp --against 'curl=curl -s -l ftp://127.0.0.1/{dir}/'
  ftbench --load --root /srv/ftp --load-ftp vsftpd=21 --load-http nginx=80 --svg load.svg

  In a COMMAND {file} is the name of the file, {out} the path to save it, {dir} the directory to
  list, {host} and {port} the address of our own server. With a PORT, the processor time and the
  memory of the server on that port are measured too.`,
};

if (import.meta.main) {
  const interruption = new AbortController();
  const reason = new Failure("other", "Interrupted: all temporary files were removed.");
  await main(program, (options) => runFtbench(options, interruption.signal), {
    onSignal: () => interruption.abort(reason),
  });
}
