// The smoke test: the cases that come first, since without what they test hardly anything else can be tested.

import type { TestCase } from "../harness/test-case.ts";
import type { Role } from "../spec/requirements.ts";

export interface SmokeTest {
  readonly id: string;
  /** What the program can do if it passes. */
  readonly ability: string;
}

/** In the order of the assignment. */
export const SMOKE_TESTS: Record<Role, readonly SmokeTest[]> = {
  server: [
    { id: "S2.1", ability: "starts and listens" },
    { id: "S7.8", ability: "sends a listing" },
    { id: "S7.10", ability: "sends a file" },
    { id: "S7.19", ability: "reports an error" },
    { id: "S9.5", ability: "ends after SIGINT" },
  ],
  client: [
    { id: "S4.1", ability: "opens P" },
    { id: "S6.1", ability: "sends a command" },
    { id: "S7.9", ability: "shows a listing" },
    { id: "S7.15", ability: "saves a file" },
    { id: "S7.4", ability: "shows an error" },
    { id: "S8.1", ability: "ends by itself" },
  ],
};

/** The order in which cases begin: the smoke test, then the long waits, so that the short ones fill the time beside them. */
export function sortCases(cases: readonly TestCase[]): TestCase[] {
  const ids = new Set(Object.values(SMOKE_TESTS).flatMap((tests) => tests.map(({ id }) => id)));
  const isFirst = (one: TestCase): boolean => ids.delete(one.id);
  const ranks = new Map(cases.map((one) => [one, isFirst(one) ? 0 : one.isLong ? 1 : 2]));
  return cases.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
}
