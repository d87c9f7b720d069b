// Tests that a proposed dialect loads, and works with the server from which it was learnt.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { CASES } from "../cases/all-cases.ts";
import { loadDialect, parseDialect } from "../dialect/load.ts";
import { learnDialect } from "../learn/learn.ts";
import { makeTimeouts } from "../spec/timeouts.ts";
import { makeConfig, type SuiteConfig } from "../subject/config.ts";
import { longSelfTest } from "../runner/suite-selection.ts";
import { runCase } from "../runner/run-case.ts";

const program = (name: string): string => JSON.stringify(join(import.meta.dir, "emulated", name));
const server = (dialect: string): string => `bun ${program("server.ts")} ${dialect} none {port}`;
const client = (dialect: string): string =>
  `bun ${program("client.ts")} ${dialect} {host} {port} {command} {file} {dataport}`;

const plain = await loadDialect("plain");
const { case: CASE_LIMIT } = makeTimeouts();

const asking = (subjects: Pick<SuiteConfig, "server" | "client">): SuiteConfig =>
  makeConfig({ ...subjects, dialects: { server: plain, client: plain }, answer: "" });

/** The listing, a file, and a missing file. */
const RULES = ["S7.8", "S7.10", "S7.19"];

async function listFailures(text: string, command: string): Promise<string[]> {
  const dialect = parseDialect(text, "learnt.toml");
  const dialects = { server: dialect, client: dialect };
  const config = makeConfig({ server: command, dialects, answer: "" });
  const cases = CASES.filter(({ id }) => RULES.includes(id));
  const results = await Promise.all(cases.map((one) => runCase(one, config)));
  return results
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ id, observed, reason }) => `${id} ${observed ?? reason}`);
}

longSelfTest("learning", () => {
  test.concurrent.each([
    "a-port-first",
    "a-punctuated",
    "a-blank-line-end",
    "b-field-by-field",
    "b-line-by-line",
    "b-q-first",
    "c-binary-fields",
    "d-tagged-packets",
  ])(
    "from a recording of a pair that speaks %s",
    async (name) => {
      const { transcript, proposal } = await learnDialect(
        asking({ server: server(name), client: client(name) }),
      );
      expect(transcript).toContain("client P");
      expect(proposal).toContain("{dport}");
      const failures = await listFailures(proposal, server(name));
      // If errors come on Q, their rule fails in any dialect.
      expect(failures.filter((each) => !each.startsWith("S7.19"))).toEqual([]);
    },
    CASE_LIMIT,
  );

  test.concurrent(
    "from a server alone: its replies to simple requests, and a shipped dialect that fits",
    async () => {
      const { transcript, proposal } = await learnDialect(
        asking({ server: server("a-port-first") }),
        ["a-percent", "a-port-first"],
      );
      expect(transcript).toContain("opens no Q");
      expect(proposal).toContain("The shipped dialect a-port-first fits");
      expect(await listFailures(proposal, server("a-port-first"))).toEqual([]);
    },
    CASE_LIMIT,
  );
});
