// Step 1: the server starts and validates its parameters.

import { type CaseContext, HOST } from "../harness/context.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { findFreePort, isPortFree } from "../net/ports.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { explains, refuses } from "./refusal.ts";
import { applies } from "../spec/verdict.ts";

const needs = ["start"] as const;

const refused = (
  id: string,
  title: string,
  port: (context: CaseContext) => string | undefined,
): TestCase =>
  rule(id, title, async (context) => refuses(context.launch({ port: port(context) })), {
    needs,
  });

async function refusedWith(context: CaseContext, port: string): Promise<SubjectProcess> {
  const program = context.launch({ port });
  await refuses(program);
  return program;
}

/** The user who may listen on 80 cannot be refused it. */
function privileged(): string {
  const port = [80, 81, 1, 7, 1023].find((candidate) => !isPortFree(candidate));
  applies(port !== undefined, "this user may listen on any port");
  return String(port);
}

function taken(context: CaseContext): string {
  return String(context.listen("P", HOST).port);
}

export const cases: TestCase[] = [
  refused("S1.1", "no argument at all", () => undefined),
  refused("S1.2", "a word", () => "abc"),
  refused("S1.2", "digits with a letter behind them", () => `${findFreePort()}x`),
  refused("S1.2", "an empty argument", () => ""),
  refused("S1.3", "65536", () => "65536"),
  refused("S1.3", "a number of ten digits", () => String(2 ** 32 + findFreePort())),
  refused("S1.3", "0", () => "0"),
  refused("S1.3", "-1", () => "-1"),
  refused("S1.4", "a port on which another program listens", taken),
  refused("S1.4", "a port for which the user has no right", privileged),
  rule(
    "S1.5",
    "the message for a word, and for 65536",
    async (context) => {
      for (const port of ["abc", "65536"]) {
        explains(await refusedWith(context, port));
      }
    },
    { needs },
  ),
  rule(
    "S1.6",
    "a port and a word behind it",
    async (context) => refuses(context.launch({ port: findFreePort() }, ["surplus"])),
    { needs },
  ),
];
