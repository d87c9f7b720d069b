// ftbench: measures this server and client, and any other program beside them.

import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { ArgsDef } from "citty";
import { Failure } from "../lib/errors.ts";
import type { Arguments, Program } from "./cli/arguments.ts";
import { readPlan } from "./ftbench/options.ts";
import { measure, type Results } from "./ftbench/plan.ts";
import { besideTable, loadTable, raceTable } from "./ftbench/table.ts";
import { panels } from "./ftbench/panels.ts";
import { plot } from "./ftbench/plot.ts";
import { main } from "./cli/main.ts";
import { say } from "./cli/terminal.ts";

const args = {
  get: {
    type: "boolean",
    description: "Time whole clients that fetch a file (what is done if nothing is said)",
  },
  list: {
    type: "string",
    valueHint: "COUNT",
    description: "Time whole clients that list COUNT files",
  },
  load: { type: "boolean", description: "Drive many clients at once, in this process" },
  idle: {
    type: "string",
    valueHint: "COUNT",
    description: "One client beside COUNT that are connected and silent",
  },
  bulk: {
    type: "string",
    valueHint: "COUNT",
    description: "One client beside COUNT that fetch the largest of the sizes",
  },
  against: {
    type: "string",
    valueHint: "NAME[@PORT]=COMMAND",
    description: "Another client for --get and --list; more than one with ' ; ' between",
  },
  "load-ftp": {
    type: "string",
    valueHint: "[NAME=]PORT",
    description: "An FTP server to drive by PORT and RETR; more than one with commas",
  },
  "load-http": {
    type: "string",
    valueHint: "[NAME=]PORT",
    description: "An HTTP server to drive, one connection a request",
  },
  root: {
    type: "string",
    valueHint: "DIR",
    description:
      "Where the files are made, so that other servers find them (default: a directory of its own)",
  },
  sizes: {
    type: "string",
    valueHint: "SIZES",
    description: "Sizes of the files, such as 1K,1M,1G (default: 1K,64K,1M,16M,256M)",
  },
  clients: {
    type: "string",
    valueHint: "COUNTS",
    description: "Clients at once (default: 1,4,16,64)",
  },
  rounds: {
    type: "string",
    valueHint: "N",
    description: "Times that each is measured, in turn (default: 7)",
  },
  seconds: {
    type: "string",
    valueHint: "N",
    description: "Length of one lap under load (default: 2)",
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
    description: "Everything once, in a few seconds, only to see that it works",
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

  In a COMMAND {file} is the file's name, {out} where to save it, {dir} the directory to list,
  {host} and {port} where our own server listens. A PORT counts the processor time and memory
  of the server that listens there.`,
};

if (import.meta.main) {
  const interruption = new AbortController();
  const reason = new Failure("other", "Interrupted: nothing is left behind.");
  await main(program, (given) => run(given, interruption.signal), {
    onSignal: () => interruption.abort(reason),
  });
}

async function run(given: Arguments, signal: AbortSignal): Promise<void> {
  if (process.platform !== "linux")
    throw new Failure("other", "ftbench reads /proc, which only Linux has.");
  const started = new Date();
  const results = await measure(readPlan(given, signal), (doing) => say(`${doing}\n`));
  show(results);
  const json = given.text("json");
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memory: totalmem(),
    bun: Bun.version,
  };
  if (json) writeFileSync(json, `${JSON.stringify({ started, machine, ...results }, null, 2)}\n`);
  const svg = given.text("svg");
  if (svg) writeFileSync(svg, plot(panels(results)));
  if (results.losses.length === 0) return;
  throw new Failure("other", "Not all could be measured: see above.");
}

function show({ rows, loadRows, besides, losses }: Results): void {
  const tables = [
    rows.length > 0 ? raceTable(rows) : "",
    loadRows.length > 0 ? loadTable(loadRows) : "",
    besides.length > 0 ? besideTable(besides) : "",
  ];
  process.stdout.write(tables.filter((table) => table !== "").join("\n"));
  for (const { work, name, why } of losses) say(`${name} is out of "${work}": ${why}\n`);
}
