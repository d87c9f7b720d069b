// Step 1: the server starts and validates its parameters.

import { type CaseContext, EVERYWHERE } from "../harness/context.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { findFreePort, isPortFree } from "../net/ports.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { withoutOption } from "../subject/command-line.ts";
import { expectHelpfulMessage, expectMissingMessage, expectUsageError } from "./usage-error.ts";
import { processOf } from "./expectations.ts";
import { applies, must } from "../spec/verdict.ts";

const options = { needs: ["start", "{port}"] } as const;

async function rejectPort(
  context: CaseContext,
  port: string | undefined,
  surplus: string[] = [],
): Promise<SubjectProcess> {
  const program = context.launch({ port }, surplus);
  await expectUsageError(context, program);
  return program;
}

const badPort = (
  id: string,
  title: string,
  choosePort: (context: CaseContext) => string | undefined,
): TestCase =>
  rule(
    id,
    title,
    async (context) => void (await rejectPort(context, choosePort(context))),
    options,
  );

function privilegedPort(): string {
  const port = [80, 81, 1, 7, 1023].find((candidate) => !isPortFree(candidate));
  applies(port !== undefined, "this user may listen on any port");
  return String(port);
}

/** To the system, port 0 means any free port. A server may take it so if people can find it then. */
async function rejectZeroOrTellPort(context: CaseContext): Promise<void> {
  const program = context.launch({ port: "0" });
  const { refuse, quiet } = context.timeouts;
  const hasStarted = (): boolean => program.exited !== undefined || program.ports.length > 0;
  await context.happensWithin(hasStarted, refuse);
  const { ports } = program;
  if (ports.length === 0) return expectUsageError(context, program);
  const tellsAll = (): boolean => ports.every((port) => tellsNumber(program.output, port));
  const isTold = await context.happensWithin(tellsAll, quiet);
  const expected = "an error message and an exit, or the number of the port that it got";
  const observed = `it listens on port ${ports.join(", ")}, which it does not print; ${program.words}`;
  must(isTold, expected, observed, "subject");
}

const tellsNumber = (output: string, port: number): boolean =>
  new RegExp(`(?<![0-9])${port}(?![0-9])`).test(output);

/** On all addresses, since the server may listen on any of them. */
const usedPort = (context: CaseContext): string => String(context.listen("P", EVERYWHERE).port);

/** Without its port, and in other calls also without the option in front of it. */
async function rejectMissingPort(context: CaseContext): Promise<void> {
  expectMissingMessage(await rejectPort(context, undefined));
  const bare = withoutOption(context.config.server ?? "", "port");
  if (bare === undefined) return;
  const program = context.launch({}, [], bare);
  await expectUsageError(context, program);
  expectMissingMessage(program);
}

/** Two servers on one port (SO_REUSEPORT) would take turns with the clients. */
async function rejectSecondCopy(context: CaseContext): Promise<void> {
  const first = await context.startServer();
  await rejectPort(context, String(first.port));
  const { ending, exited } = processOf(first);
  must(exited === undefined, "the first copy goes on", `it ended (${ending})`, "subject");
}

async function explainBadPorts(context: CaseContext): Promise<void> {
  for (const port of ["abc", "65536"]) expectHelpfulMessage(await rejectPort(context, port));
}

async function rejectSurplus(context: CaseContext): Promise<void> {
  await rejectPort(context, String(findFreePort()), ["surplus"]);
}

export const cases: TestCase[] = [
  rule("S1.1", "no port", rejectMissingPort, options),
  badPort("S1.2", "a word", () => "abc"),
  badPort("S1.2", "digits and then a letter", () => `${findFreePort()}x`),
  badPort("S1.2", "an empty argument", () => ""),
  badPort("S1.3", "65536", () => "65536"),
  badPort("S1.3", "a number of ten digits", () => String(2 ** 32 + findFreePort())),
  rule("S1.3", "0", rejectZeroOrTellPort, options),
  badPort("S1.3", "-1", () => "-1"),
  badPort("S1.4", "a port on which another program listens", usedPort),
  rule("S1.4", "a port on which a copy of the same program listens", rejectSecondCopy, options),
  badPort("S1.4", "a port that this user may not use", privilegedPort),
  rule("S1.5", "the error messages for a word and for 65536", explainBadPorts, options),
  rule("S1.6", "a port and one more argument", rejectSurplus, options),
];
