// Step 1: the server starts and validates its parameters.

import { type CaseContext, HOST } from "../harness/context.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { findFreePort, isPortFree } from "../net/ports.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { expectHelpfulMessage, expectUsageError } from "./usage-error.ts";
import { applies } from "../spec/verdict.ts";

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

const usedPort = (context: CaseContext): string => String(context.listen("P", HOST).port);

async function explainBadPorts(context: CaseContext): Promise<void> {
  for (const port of ["abc", "65536"]) expectHelpfulMessage(await rejectPort(context, port));
}

async function rejectSurplus(context: CaseContext): Promise<void> {
  await rejectPort(context, String(findFreePort()), ["surplus"]);
}

export const cases: TestCase[] = [
  badPort("S1.1", "no argument at all", () => undefined),
  badPort("S1.2", "a word", () => "abc"),
  badPort("S1.2", "digits and then a letter", () => `${findFreePort()}x`),
  badPort("S1.2", "an empty argument", () => ""),
  badPort("S1.3", "65536", () => "65536"),
  badPort("S1.3", "a number of ten digits", () => String(2 ** 32 + findFreePort())),
  badPort("S1.3", "0", () => "0"),
  badPort("S1.3", "-1", () => "-1"),
  badPort("S1.4", "a port on which another program listens", usedPort),
  badPort("S1.4", "a port that this user may not use", privilegedPort),
  rule("S1.5", "the error messages for a word and for 65536", explainBadPorts, options),
  rule("S1.6", "a port and one more argument", rejectSurplus, options),
];
