// ftconform: judges a server and a client by the nine steps of the assignment, and says why.

import type { ArgsDef } from "citty";
import type { Extras } from "../conformance/subject/capability.ts";
import { formatError, Failure } from "../lib/errors.ts";
import { type Arguments, type Program, usageFailure } from "./cli/arguments.ts";
import { writeReports, destinations } from "./ftconform/report/write-reports.ts";
import { paintFor } from "./ftconform/report/paint.ts";
import { progress } from "./ftconform/run/progress.ts";
import { reportOf, STATUS } from "./ftconform/model/report.ts";
import { checkRequest, EXTRAS, type Request } from "./ftconform/run/request.ts";
import { type Run, runSuite } from "./ftconform/run/run.ts";
import { formatTree } from "./ftconform/report/tree.ts";
import { main } from "./cli/main.ts";
import { printOutput } from "./cli/terminal.ts";

/** A whole run on a subject that is slow at everything, in ms for a patience of one; own limits end each case long before. */
const RUN_LIMIT = 1_800_000;
/** What the suite itself assumes for a stranger's program: see patience.ts there. */
const USUAL_PATIENCE = 3;
const MOST_PATIENCE = 100;

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
  patience: {
    type: "string",
    valueHint: "N",
    description: `How many times the usual waits (default: ${USUAL_PATIENCE})`,
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
  description: "Judge a server and a client: exit 0 conformant, 1 not conformant, 2 no verdict",
  args,
  example: `  ftconform --server './ftserver {port}'
  ftconform --client 'python3 ftclient.py {host} {port} {command} {file} {dataport}'
  ftconform --server './ftserver {port}' --only S7.19 --html report.html
  ftconform --server './ftserver {port}' --client './ftclient {host} {port} {command} {file} {dataport}' --learn
  ftconform --grade submissions.csv --out reports`,
};

export async function start(): Promise<void> {
  const interrupted = new AbortController();
  await main(program, (given) => run(given, interrupted.signal), {
    onSignal: () => interrupted.abort(),
  });
}

if (import.meta.main) await start();

function run(given: Arguments, signal: AbortSignal): Promise<number> {
  return judge(given, signal).catch((error: unknown) => {
    // Whatever went wrong, it is no verdict about the subject; status 1 would be one.
    throw error instanceof Failure && error.exit === STATUS["no verdict"]
      ? error
      : new Failure("usage", formatError(error));
  });
}

async function judge(given: Arguments, signal: AbortSignal): Promise<number> {
  const request = requested(given);
  if (given.text("grade") !== undefined) {
    const { gradeClass } = await import("./ftconform/grade/class.ts");
    return await gradeClass(given, request, signal);
  }
  for (const option of ["out", "jobs", "time-limit"])
    if (given.text(option) !== undefined) throw usageFailure(`--${option} is for --grade.`);
  if (given.flag("learn")) {
    const { inferDialect } = await import("./ftconform/run/infer-dialect.ts");
    return await inferDialect(request);
  }
  return await judgeOne(given, request, signal);
}

async function judgeOne(given: Arguments, request: Request, signal: AbortSignal): Promise<number> {
  const absolute = await checkRequest(request);
  const files = destinations(given);
  const limit = RUN_LIMIT * (request.patience ?? USUAL_PATIENCE);
  const ran = await watched(absolute, limit, signal);
  if (signal.aborted) throw new Failure("usage", "Interrupted: there is no verdict.");
  const report = reportOf(request, ran);
  await printOutput(formatTree(report, paintFor()));
  writeReports(report, files);
  return STATUS[report.conclusion];
}

async function watched(request: Request, limit: number, signal: AbortSignal): Promise<Run> {
  using shown = progress();
  return await runSuite(request, { limit, signal, progress: shown.update });
}

function requested(given: Arguments): Request {
  const texts = ["server", "client", "dialect", "only", "answer"] as const;
  const pairs = texts.flatMap((name) => {
    const value = given.text(name);
    return value === undefined ? [] : [[name, value]];
  });
  const extras = Object.entries(EXTRAS).flatMap(([name, variable]) => {
    const value = given.text(name);
    return value === undefined ? [] : [[variable, value]];
  });
  const optional = extras.length > 0 ? { extras: Object.fromEntries(extras) as Extras } : {};
  const patience = given.number("patience", 0.1, MOST_PATIENCE, 0);
  const strict = given.flag("strict") ? { strict: true } : {};
  const texted = Object.fromEntries(pairs) as Request;
  return { ...texted, ...(patience > 0 ? { patience } : {}), ...strict, ...optional };
}
