// Step 1: the server starts and validates its parameters.

import { type Attempt, HOST } from "../harness/context.ts";
import { type Case, rule } from "../harness/test-case.ts";
import { freePort, isFree } from "../net/ports.ts";
import type { Program } from "../subject/process.ts";
import { explains, refuses } from "./refusal.ts";
import { applies } from "../spec/verdict.ts";

const needs = ["start"] as const;

const refused = (id: string, title: string, port: (attempt: Attempt) => string | undefined): Case =>
  rule(id, title, async (attempt) => refuses(attempt.launch({ port: port(attempt) })), {
    needs,
  });

async function refusedWith(attempt: Attempt, port: string): Promise<Program> {
  const program = attempt.launch({ port });
  await refuses(program);
  return program;
}

/** The user who may listen on 80 cannot be refused it. */
function privileged(): string {
  const port = [80, 81, 1, 7, 1023].find((candidate) => !isFree(candidate));
  applies(port !== undefined, "this user may listen on any port");
  return String(port);
}

function taken(attempt: Attempt): string {
  return String(attempt.door("P", HOST).port);
}

export const cases: Case[] = [
  refused("S1.1", "no argument at all", () => undefined),
  refused("S1.2", "a word", () => "abc"),
  refused("S1.2", "digits with a letter behind them", () => `${freePort()}x`),
  refused("S1.2", "an empty argument", () => ""),
  refused("S1.3", "65536", () => "65536"),
  refused("S1.3", "a number of ten digits", () => String(2 ** 32 + freePort())),
  refused("S1.3", "0", () => "0"),
  refused("S1.3", "-1", () => "-1"),
  refused("S1.4", "a port on which another program listens", taken),
  refused("S1.4", "a port for which the user has no right", privileged),
  rule(
    "S1.5",
    "the message for a word, and for 65536",
    async (attempt) => {
      for (const port of ["abc", "65536"]) {
        explains(await refusedWith(attempt, port));
      }
    },
    { needs },
  ),
  rule(
    "S1.6",
    "a port and a word behind it",
    async (attempt) => refuses(attempt.launch({ port: freePort() }, ["surplus"])),
    { needs },
  ),
];
