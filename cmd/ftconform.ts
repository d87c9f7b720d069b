// ftconform: tests a server and a client by the nine steps of the assignment, and explains each failure.

import type { ArgsDef } from "citty";
import type { Arguments, Program } from "./cli/arguments.ts";
import { main } from "./cli/main.ts";
import { TEST_SUBMISSION } from "./ftconform/grade/child-argument.ts";

const args = {
  server: {
    type: "string",
    valueHint: "COMMAND",
    description:
      "The server: a command line with {port}, or host:port of a server that runs already",
  },
  client: {
    type: "string",
    valueHint: "COMMAND",
    description: "The client: a command line with {host} {port} {command} {file} {dataport}",
  },
  "server-login": {
    type: "string",
    valueHint: "COMMAND",
    description: "The server with a login: {port} and {user} {password}, or {users}",
  },
  "server-tls": {
    type: "string",
    valueHint: "COMMAND",
    description: "The server over TLS: {port} {cert} {key}",
  },
  "client-login": {
    type: "string",
    valueHint: "COMMAND",
    description: "The client with a login: also {user}; FTCLIENT_PASSWORD has the password",
  },
  "client-tls": {
    type: "string",
    valueHint: "COMMAND",
    description: "The client over TLS: also {ca}",
  },
  "client-pin": {
    type: "string",
    valueHint: "COMMAND",
    description: "The client over TLS with a pinned certificate: also {pin}, which is sha256:HEX",
  },
  "add-user": {
    type: "string",
    valueHint: "COMMAND",
    description: "The command that adds {user} to the file {users}; it reads the password",
  },
  dialect: {
    type: "string",
    valueHint: "NAME|FILE",
    description: "How they speak on the wire (default: plain; native adds rules of its own)",
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
    description:
      "What a client reads on standard input, \\n for a line end (default: n, three times)",
  },
  seed: {
    type: "string",
    valueHint: "N",
    description: "Draw the generated runs from this seed (default: 1)",
  },
  minutes: {
    type: "string",
    valueHint: "N",
    description: "Go on with generated runs, seed after seed, for N minutes",
  },
  trace: {
    type: "boolean",
    description: "Show the system calls of every case, by strace (default: of failed ones)",
  },
  strict: { type: "boolean", description: "A SHOULD rule that fails decides as well" },
  junit: {
    type: "string",
    valueHint: "FILE",
    description: "Write a JUnit report; - is standard output",
  },
  json: {
    type: "string",
    valueHint: "FILE",
    description: "Write everything as JSON; - is standard output",
  },
  html: {
    type: "string",
    valueHint: "FILE",
    description: "Write a report to read in a browser; - is standard output",
  },
  grade: {
    type: "string",
    valueHint: "FILE|DIR",
    description:
      "Test a class: a CSV file with name, server, client, dialect, or a folder for each",
  },
  out: { type: "string", valueHint: "DIR", description: "Where the reports of a class go" },
  points: {
    type: "string",
    valueHint: "FILE",
    description: "What earns points, as TOML (default: 100 points by the nine steps)",
  },
  build: {
    type: "string",
    valueHint: "COMMAND",
    description: "Run this in each folder of --grade DIR before it is tested",
  },
  resume: {
    type: "boolean",
    description: "Go on with --grade: what has not changed since is not tested again",
  },
  shard: { type: "string", valueHint: "N/M", description: "Test only share N of M of the class" },
  merge: {
    type: "boolean",
    description: "Make the reports of a class from the DIRs of its shards",
  },
  dir: { type: "positional", required: false, description: "Directories for --merge" },
  sandbox: {
    type: "string",
    valueHint: "bwrap|none",
    description:
      "Keep the programs from all other files and the network (default: bwrap for a class, none otherwise)",
  },
  runner: {
    type: "string",
    valueHint: "COMMAND",
    description: "Put these words before each command, such as docker run",
  },
  jobs: {
    type: "string",
    valueHint: "N",
    description: "Submissions of --grade at once (default: four a processor)",
  },
  "time-limit": {
    type: "string",
    valueHint: "SECONDS",
    description: "For each submission of --grade (default: 600)",
  },
  learn: {
    type: "boolean",
    description: "Propose a dialect for the server, from what it and its client say",
  },
  "save-dialect": {
    type: "string",
    valueHint: "FILE",
    description: "Write the dialect that was inferred, if no --dialect is given",
  },
  version: { type: "boolean", description: "Print the version" },
  help: { type: "boolean", alias: "h", description: "Print this help" },
} as const satisfies ArgsDef;

export const program: Program = {
  name: "ftconform",
  description: "Test a server and a client: exit 0 conformant, 1 not conformant, 2 inconclusive",
  args,
  rest: "dir",
  example: `  ftconform --server './ftserver {port}'
  ftconform \\
      --client 'python3 ftclient.py {host} {port} {command} {file} {dataport}'
  ftconform --server './ftserver {port}' --only S7.19 --html report.html
  ftconform --server './ftserver {port}' --learn \\
      --client './ftclient {host} {port} {command} {file} {dataport}'
  ftconform --grade submissions.csv --out reports
  ftconform --grade submissions.csv --shard 3/8 --out shard-3
  ftconform --merge shard-* --out reports`,
};

export async function start(): Promise<void> {
  if (process.argv[2] === TEST_SUBMISSION) {
    const { testSubmission } = await import("./ftconform/grade/test-submission.ts");
    return await testSubmission();
  }
  const interrupted = new AbortController();
  // Loaded only if there is something to run: the help needs no suite.
  const run = async (given: Arguments): Promise<number> => {
    const { runCommand } = await import("./ftconform/run/command.ts");
    return await runCommand(given, interrupted.signal);
  };
  await main(program, run, { onSignal: () => interrupted.abort() });
}

if (import.meta.main) void start();
