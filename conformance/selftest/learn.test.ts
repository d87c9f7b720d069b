// Tests that the suite needs no dialect: it infers one from a pair, and judges the pair as with the dialect that a person wrote.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { CASES } from "../cases/all-cases.ts";
import { cases as generatedClient } from "../cases/generated-client.ts";
import { cases as generatedServer } from "../cases/generated-server.ts";
import { loadDialect } from "../dialect/load.ts";
import type { Dialect } from "../dialect/types.ts";
import { chooseDialect } from "../learn/choose-dialect.ts";
import { learnDialect } from "../learn/learn.ts";
import { runCase } from "../runner/run-case.ts";
import { IS_FULL, longSelfTest } from "../runner/suite-selection.ts";
import { makeTimeouts } from "../spec/timeouts.ts";
import { makeConfig, type SuiteConfig } from "../subject/config.ts";
import { SPOKEN_WITHOUT_DIALECT } from "./emulated/spoken-without-dialect.ts";

const program = (name: string): string => JSON.stringify(join(import.meta.dir, "emulated", name));
const server = (dialect: string, defect = "none"): string =>
  `bun ${program("server.ts")} ${dialect} ${defect} {port}`;
const client = (dialect: string): string =>
  `bun ${program("client.ts")} ${dialect} {host} {port} {command} {file} {dataport}`;

const [plain, native] = await Promise.all([loadDialect("plain"), loadDialect("native")]);
const { case: CASE_LIMIT } = makeTimeouts();
/** Milliseconds for an inference, and for the cases by both dialects. */
const LIMIT = 60_000 + 4 * CASE_LIMIT;

const asStranger = (subjects: Pick<SuiteConfig, "server" | "client">): SuiteConfig =>
  makeConfig({ ...subjects, dialects: { server: plain, client: native }, answer: "" });

/** One case of each is enough here: what is asked, what comes, and what is said in its place. */
const RULES = ["S6.1", "S7.1", "S7.8", "S7.9", "S7.10", "S7.15", "S7.17", "S7.19", "S7.20"];

const GENERATED = new Set([...generatedServer, ...generatedClient]);

async function judge(config: SuiteConfig): Promise<Record<string, string>> {
  const small = (dialect: Dialect): Dialect => ({
    ...dialect,
    abilities: { ...dialect.abilities, maxFile: 100_000 },
  });
  const { server: forServer, client: forClient } = config.dialects;
  const dialects = { server: small(forServer), client: small(forClient) };
  // Generated runs take minutes with programs that speak in pauses; they use the same dialect.
  const cases = CASES.filter((one) => RULES.includes(one.id) && !GENERATED.has(one));
  const verdicts: Record<string, string> = {};
  // One after the other: some of these programs tell two texts apart by a pause.
  for (const one of cases)
    verdicts[`${one.role} ${one.id} ${one.title}`] = (
      await runCase(one, { ...config, dialects })
    ).verdict;
  return verdicts;
}

/** Half a minute for each: a short run takes one. */
const SHORT = ["a-size-header"];

longSelfTest("without a dialect", () => {
  test("as many wires as ever need no dialect", () => {
    expect(SPOKEN_WITHOUT_DIALECT.length).toBeGreaterThanOrEqual(38);
  });

  test.each(IS_FULL ? SPOKEN_WITHOUT_DIALECT : SHORT)(
    "a pair that speaks %s has the verdicts of the dialect that a person wrote",
    async (name) => {
      const subjects = { server: server(name), client: client(name) };
      const { config, text } = await chooseDialect(asStranger(subjects));
      expect(text).toBeDefined();
      const written = await loadDialect(name);
      const known = { ...config, dialects: { server: written, client: written } };
      expect(await judge(config)).toEqual(await judge(known));
    },
    LIMIT,
  );

  test(
    "a server alone that takes a usual request is found by it",
    async () => {
      const { config, notes } = await chooseDialect(asStranger({ server: server("c-marker") }));
      expect(notes.join()).toContain("c-marker");
      expect(config.dialects.server.name).toBe("c-marker");
    },
    LIMIT,
  );

  test(
    "nothing is judged by a wire that was not found, and the reason says what to run next",
    async () => {
      const talker = `bun ${join(import.meta.dir, "emulated", "stranger.ts")} {port}`;
      const { config, notes } = await chooseDialect(asStranger({ server: talker }));
      expect(notes.join()).toContain("another protocol");
      expect(notes.join()).toContain("Who is there?");
      const [one] = CASES.filter(({ id }) => id === "S7.10");
      const result = one && (await runCase(one, config));
      expect(result?.verdict).toBe("inconclusive");
      expect(result?.reason).toContain("--learn");
    },
    LIMIT,
  );

  test(
    "a client that opens no connection is not said to speak another protocol",
    async () => {
      const client = `sh -c "echo wrong host; exit 3" {host} {port} {command} {file} {dataport}`;
      expect((await chooseDialect(asStranger({ client }))).notes).toEqual([]);
    },
    LIMIT,
  );

  test(
    "--learn shows what a pair says",
    async () => {
      const name = "a-port-first";
      const subjects = { server: server(name), client: client(name) };
      const { transcript, proposal } = await learnDialect(asStranger(subjects));
      expect(transcript).toContain("client P");
      expect(proposal).toContain("{dport} -l");
    },
    LIMIT,
  );
});
