// Step 3: the client starts and validates its parameters.

import { type CaseContext, HOST } from "../harness/context.ts";
import { findMoment } from "./evidence.ts";
import { expectFailureStatus, mustOn } from "./expectations.ts";
import { commandWord } from "../peer/launch-client.ts";
import { type Need, type TestCase, rule } from "../harness/test-case.ts";
import type { CommandKind } from "../dialect/types.ts";
import type { Listener } from "../net/sockets.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { fillCommand, type PlaceholderValues, withoutOption } from "../subject/command-line.ts";
import { expectHelpfulMessage, expectMissingMessage, expectUsageError } from "./usage-error.ts";
import { applies, must } from "../spec/verdict.ts";

/** Correct arguments; each case changes or leaves out one of them. */
function prepareArguments(
  context: CaseContext,
  kind: CommandKind = "list",
): { values: PlaceholderValues; listener: Listener } {
  const listener = context.listen("P");
  const { port } = listener;
  const command = commandWord(context, kind);
  return { listener, values: { host: HOST, port, command, dataport: context.dataPort() } };
}

/** A client that reads the rest from its standard input is called with host and port only. */
function isDifferentCall(
  { config: { client = "" } }: CaseContext,
  right: PlaceholderValues,
  wrong: PlaceholderValues,
): boolean {
  return !Bun.deepEquals(fillCommand(client, right), fillCommand(client, wrong));
}

async function rejectArguments(
  context: CaseContext,
  change: (port: number) => PlaceholderValues,
  command = context.config.client ?? "",
): Promise<SubjectProcess> {
  const { values, listener } = prepareArguments(context);
  const wrong = { ...values, ...change(listener.port) };
  applies(isDifferentCall(context, values, wrong), "the command line has no such argument");
  const program = context.startClient(wrong, "", command);
  const isConnected = (): boolean => listener.connections.length > 0;
  await context.happensWithin(
    () => isConnected() || program.exited !== undefined,
    context.timeouts.quiet * 10,
  );
  const expectNoP = (): void =>
    must(
      !isConnected(),
      "an error before any connection is opened",
      "the client opened P",
      findMoment(context, "P", ["SYN"]),
    );
  expectNoP();
  await expectUsageError(context, program);
  expectNoP();
  return program;
}

const badArgument = (
  id: string,
  title: string,
  wrong: PlaceholderValues | ((port: number) => PlaceholderValues),
  ...needs: readonly Need[]
): TestCase =>
  rule(
    id,
    title,
    async (context) => {
      await rejectArguments(context, typeof wrong === "function" ? wrong : () => wrong);
    },
    { needs },
  );

const badPort = (title: string, change: (right: number) => string): TestCase =>
  badArgument("S3.2", `SERVER_PORT is ${title}`, (port) => ({ port: change(port) }), "{port}");

const badDataPort = (title: string, dataport: string): TestCase =>
  badArgument("S3.3", `DATA_PORT is ${title}`, { dataport }, "{dataport}");

const NOTHING = { host: undefined, port: undefined, command: undefined, dataport: undefined };

/** Leaves out an argument, and in another call also the option in front of it. */
const missingArgument = (title: string, values: PlaceholderValues, ...needs: Need[]): TestCase => {
  const run = async (context: CaseContext): Promise<void> => {
    expectMissingMessage(await rejectArguments(context, () => values));
    const { client = "" } = context.config;
    const [name = ""] = Object.keys(values);
    const bare = withoutOption(client, name);
    if (bare !== undefined)
      expectMissingMessage(await rejectArguments(context, () => values, bare));
  };
  return rule("S3.1", title, run, { needs });
};

/** A client for which DATA_PORT is optional takes `-g 30021` for a file of this name. */
async function rejectMissingName(context: CaseContext): Promise<void> {
  const { values, listener } = prepareArguments(context);
  const program = context.startClient({ ...values, dataport: undefined });
  const isConnected = (): boolean => listener.connections.length > 0;
  const isOver = (): boolean => isConnected() || program.exited !== undefined;
  await context.waitFor("the end", context.timeouts.refuse, isOver);
  applies(!isConnected(), "this client takes DATA_PORT as optional, so -g 30021 names a file");
  await rejectArguments(context, () => ({ command: commandWord(context, "get") }));
}

async function rejectCommand(context: CaseContext): Promise<void> {
  const { values, listener } = prepareArguments(context, "invalid");
  const program = context.startClient(values);
  const hasSent = (): boolean => (listener.first?.length ?? 0) > 0;
  await context.waitForEndOr(program, hasSent);
  mustOn(listener.first, !hasSent(), "nothing on P");
  await program.waitForExit(0);
  must(program.exited !== undefined, "the client ends", "it still runs");
  expectFailureStatus(program);
}

async function explainDataPort(context: CaseContext): Promise<void> {
  expectHelpfulMessage(await rejectArguments(context, () => ({ dataport: "abc" })));
}

export const cases: TestCase[] = [
  missingArgument("no argument at all", NOTHING),
  missingArgument("no SERVER_HOST", { host: undefined }, "{host}"),
  missingArgument("no SERVER_PORT", { port: undefined }, "{port}"),
  missingArgument("no command", { command: undefined }, "{command}"),
  missingArgument("host and port alone", { command: undefined, dataport: undefined }),
  badPort("a word", () => "abc"),
  badPort("digits and then a letter", (port) => `${port}x`),
  badPort("right only after it is cut to 16 bits", (port) => String(port + 65_536)),
  badPort("0", () => "0"),
  badDataPort("a word", "abc"),
  badDataPort("digits and then a letter", "30021x"),
  badDataPort("65536", "65536"),
  badDataPort("-1", "-1"),
  // There is no data port either: if a client takes it as optional, `-g 30021` names a file.
  badArgument(
    "S3.4",
    "-g is the last argument",
    { command: "-g", dataport: undefined },
    "{command}",
  ),
  rule("S3.4", "-g, and no name before the data port", rejectMissingName, {
    needs: ["{command}", "{dataport}"],
  }),
  rule("S3.5", "the command -x", rejectCommand, { needs: ["{command}"], worked: "list" }),
  rule("S3.6", "the error message if DATA_PORT is a word", explainDataPort, {
    needs: ["{dataport}"],
  }),
  badArgument("N3.1", "DATA_PORT is 80", { dataport: "80" }),
];
