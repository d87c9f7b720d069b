// ftbench: measures this server and client, and other programs beside them.

import { Failure } from "../lib/errors.ts";
import type { Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { flag, STANDARD_OPTIONS, value } from "./cli/options.ts";
import { runFtbench } from "./ftbench/run-ftbench.ts";

const args = {
  get: flag("Time whole clients that fetch a file (default if no other work is given)"),
  list: value("COUNT", "Time whole clients that list COUNT files"),
  many: value("COUNT", "Time whole clients that fetch COUNT files of the first of the sizes"),
  load: flag("Drive our server by many clients at once"),
  idle: value("COUNT", "Measure one client beside COUNT that are connected and silent"),
  bulk: value("COUNT", "Measure one client beside COUNT that fetch the largest of the sizes"),
  cold: flag("With --bulk: each of them fetches a file of its own, dropped from memory before"),
  against: value(
    "NAME[@PORT]=COMMAND",
    "Another client for --get, --list and --many; separate several by ' ; '",
  ),
  "load-ftp": value(
    "[NAME=]PORT",
    "Drive an FTP server too, by PORT and RETR; separate several by commas",
  ),
  "load-http": value(
    "[NAME=]PORT",
    "Drive an HTTP server too, with one connection for each request",
  ),
  root: value("DIR", "Create the files in DIR, where other servers find them (default: a new one)"),
  sizes: value("SIZES", "Sizes of the files, such as 1K,1M,1G (default: 1K,64K,1M,16M,256M)"),
  clients: value("COUNTS", "Clients at once under load (default: 1,4,16,64)"),
  rounds: value("N", "How often to measure each program, in turn (default: 7)"),
  seconds: value("N", "Length of one round under load (default: 2)"),
  null: flag("Let the clients write to /dev/null"),
  timeout: value("SECONDS", "Longest time for one client (default: 120)"),
  json: value("FILE", "Write all results to FILE"),
  svg: value("FILE", "Write a plot to FILE"),
  quick: flag("Measure everything in a few seconds, only to see that it works"),
  ...STANDARD_OPTIONS,
};

export const program: Program = {
  name: "ftbench",
  description: "Measure this server and client, and other programs beside them",
  args,
  example: `  ftbench
  ftbench --root /srv/ftp \\
      --against 'curl@21=curl -s -o {out} ftp://127.0.0.1/{file}'
  ftbench --list 100000 --root /srv/ftp \\
      --against 'curl=curl -s -l ftp://127.0.0.1/{dir}/'
  ftbench --many 10000 --sizes 4K --root /srv/ftp \\
      --against "lftp=lftp -e 'mirror /{dir} {out}; quit' 127.0.0.1"
  ftbench --load --root /srv/ftp --svg load.svg \\
      --load-ftp vsftpd=21 --load-http nginx=80

  In a COMMAND {file} is the name of the file, {out} the path to save it, {dir}
  the directory to list or fetch, {host} and {port} the address of our own
  server. With a PORT, the processor time and the memory of the server on that
  port are measured too.`,
};

export async function start(): Promise<void> {
  const interruption = new AbortController();
  const reason = new Failure("other", "Interrupted: all temporary files were removed.");
  await main(program, (options) => runFtbench(options, interruption.signal), {
    onSignal: () => interruption.abort(reason),
  });
}

if (import.meta.main) void start();
