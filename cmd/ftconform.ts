// ftconform: judges a server and a client by the nine steps of the assignment, and says why.

import type { ArgsDef } from "citty";
import { configFromOptions, type SuiteOptions } from "../conformance/index.ts";
import { describe, Failure } from "../lib/errors.ts";
import { type Arguments, type Program, usage } from "./cli/arguments.ts";
import { writeReports, destinations } from "./ftconform/report/write-reports.ts";
import { paintFor } from "./ftconform/report/paint.ts";
import { progress } from "./ftconform/run/progress.ts";
import { reportOf, STATUS } from "./ftconform/model/report.ts";
import { PROGRAM, suiteOptions } from "./ftconform/run/options.ts";
import { runWithin } from "./ftconform/run/run.ts";
import { formatTree } from "./ftconform/report/tree.ts";
import { main } from "./cli/main.ts";
import { writeOut } from "./cli/terminal.ts";

/** A whole run at a timeout scale of one, in ms: only a program that is slow at everything takes longer. */
const RUN_LIMIT = 1_800_000;

const args = {
  server: {
    type: "string",
    valueHint: "COMMAND",
    description: "The server: a command line with {port}, or host:port of one that runs",
  },
  client: {
    type: "string",
    valueHint: "COMMAND",
    description: "The client: a command line with {host} {port} {command} {file} {dataport}",
  },
  "server-login": {
    type: "string",
    valueHint: "COMMAND",
    description: "The server that wants a login: {port} and {user} {password}, or {users}",
  },
  "server-tls": {
    type: "string",
    valueHint: "COMMAND",
    description: "The server over TLS: {port} {cert} {key}",
  },
  "client-login": {
    type: "string",
    valueHint: "COMMAND",
    description: "The client that logs in: {user} as well; FTCLIENT_PASSWORD has the password",
  },
  "client-tls": {
    type: "string",
    valueHint: "COMMAND",
    description: "The client over TLS: {ca} as well",
  },
  "client-pin": {
    type: "string",
    valueHint: "COMMAND",
    description:
      "The client over TLS with a pinned certificate: {pin}, which is sha256:HEX, as well",
  },
  "add-user": {
    type: "string",
    valueHint: "COMMAND",
    description: "What adds {user} to the file {users}; it reads the password",
  },
  dialect: {
    type: "string",
    valueHint: "NAME|FILE",
    description: "What they say on the wire (default: plain; native adds its own rules)",
  },
  only: { type: "string", valueHint: "ID,…", description: "Only these rules or steps: S7.1,S9" },
  "timeout-scale": {
    type: "string",
    alias: "patience",
    valueHint: "N",
    description: "Wait N times as long as for our own programs (default: 3)",
  },
  answer: {
    type: "string",
    valueHint: "TEXT",
    description: "What a client that asks reads, \\n for a line end (default: n, three times)",
  },
  strict: { type: "boolean", description: "A broken SHOULD decides as well" },
  junit: { type: "string", valueHint: "FILE", description: "Write a JUnit report" },
  json: { type: "string", valueHint: "FILE", description: "Write everything as JSON" },
  html: { type: "string", valueHint: "FILE", description: "Write a report to read in a browser" },
  grade: {
    type: "string",
    valueHint: "FILE",
    description: "Judge many: a CSV file with name, server, client, dialect",
  },
  out: { type: "string", valueHint: "DIR", description: "Where the reports of --grade go" },
  jobs: {
    type: "string",
    valueHint: "N",
    description: "Submissions of --grade at once (default: one a processor)",
  },
  "time-limit": {
    type: "string",
    valueHint: "SECONDS",
    description: "For each submission of --grade (default: 600)",
  },
  learn: {
    type: "boolean",
    description: "Propose a dialect for the server, from what it says, or from its own client",
  },
  version: { type: "boolean", description: "Print the version" },
  help: { type: "boolean", alias: "h", description: "Print this help" },
} as const satisfies ArgsDef;

export const program: Program = {
  name: "ftconform",
  description: "Judge a server and a client: exit 0 conformant, 1 not conformant, 2 inconclusive",
  args,
  example: `  ftconform --server './ftserver {port}'
  ftconform --client 'python3 ftclient.py {host} {port} {command} {file} {dataport}'
  ftconform --server './ftserver {port}' --only S7.19 --html report.html
  ftconform --server './ftserver {port}' --client './ftclient {host} {port} {command} {file} {dataport}' --learn
  ftconform --grade submissions.csv --out reports`,
};

if (import.meta.main) {
  const interrupted = new AbortController();
  await main(program, (given) => run(given, interrupted.signal), {
    onSignal: () => interrupted.abort(),
  });
}

function run(given: Arguments, signal: AbortSignal): Promise<number> {
  return judge(given, signal).catch((error: unknown) => {
    // Whatever went wrong, it is no verdict about the subject; status 1 would be one.
    throw error instanceof Failure && error.exit === STATUS["inconclusive"]
      ? error
      : new Failure("usage", describe(error));
  });
}

async function judge(given: Arguments, signal: AbortSignal): Promise<number> {
  const options = suiteOptions(given);
  if (given.text("grade") !== undefined) {
    const { gradeClass } = await import("./ftconform/grade/class.ts");
    return await gradeClass(given, options, signal);
  }
  for (const option of ["out", "jobs", "time-limit"])
    if (given.text(option) !== undefined) throw usage(`--${option} is for --grade.`);
  if (given.flag("learn")) {
    const { inferDialect } = await import("./ftconform/run/infer-dialect.ts");
    return await inferDialect(options, signal);
  }
  return await judgeOne(given, options, signal);
}

async function judgeOne(
  given: Arguments,
  options: SuiteOptions,
  signal: AbortSignal,
): Promise<number> {
  const config = await configFromOptions(options, PROGRAM);
  const files = destinations(given);
  using shown = progress();
  const limit = RUN_LIMIT * config.timeouts.scale;
  const run = await runWithin(config, { limit, signal, onResult: shown.update });
  shown[Symbol.dispose]();
  if (signal.aborted) throw new Failure("usage", "Interrupted: there is no verdict.");
  const report = reportOf(config, run);
  await writeOut(formatTree(report, paintFor()));
  writeReports(report, files);
  return STATUS[report.conclusion];
}
