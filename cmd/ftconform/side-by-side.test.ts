// Runs of the suite on one machine do not see each other: ports, processes and sockets are asked for by their owner.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { JsonReport } from "./report/json.ts";

const RUNS = 4;
const IS_FULL = Bun.env["FT_SELFTEST"] === "full";
/** The rules about ports and listeners, and about what is left after a client and after SIGINT. */
const RULES = "S1.4,S2.1,S4.1,S6.2,S7.5,S7.6,S8.5,S9.5,S9.6,N6.13,N7.6";
/** All runs together, on a machine that is busy. */
const LIMIT = IS_FULL ? 600_000 : 180_000;

const IS_GOOD = /^(pass|not-applicable)$/;

const here = mkdtempSync(join(tmpdir(), "ftconform-beside-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

const ROOT = resolve(import.meta.dir, "../..");
const SERVER = `bun "${ROOT}/cmd/ftserver.ts" {port} --command-timeout 3 --dial-timeout 3 --grace 3`;
const CLIENT = `bun "${ROOT}/cmd/ftclient.ts" {host} {port} {command} {file} {dataport} --timeout 3 --verify`;

/** The verdict of each rule, and why it did not pass. */
async function judgeOwnPrograms(): Promise<Record<string, string>> {
  const { PATH = "", HOME = here } = Bun.env;
  const subjects = ["--server", SERVER, "--client", CLIENT];
  const options = ["--dialect", "native", "--timeout-scale", "1", "--json", "-"];
  const only = IS_FULL ? [] : ["--only", RULES];
  await using program = Bun.spawn(
    [process.execPath, join(ROOT, "cmd/ftconform.ts"), ...subjects, ...options, ...only],
    { cwd: here, env: { PATH, HOME, TMPDIR: here }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const report = JSON.parse(await program.stdout.text()) as JsonReport;
  return Object.fromEntries(
    report.rules.map(({ id, verdict, cases }) => {
      const why = cases.flatMap(({ observed, reason }) => observed ?? reason ?? []);
      return [id, [verdict, ...(IS_GOOD.test(verdict) ? [] : why)].join(": ")];
    }),
  );
}

test(
  "four runs at once have the verdicts of one, and leave nothing",
  async () => {
    const runs = await Promise.all(Array.from({ length: RUNS }, judgeOwnPrograms));
    for (const verdicts of runs) {
      expect(Object.entries(verdicts).filter(([, one]) => !IS_GOOD.test(one))).toEqual([]);
      expect(verdicts).toEqual(runs[0] ?? {});
    }
    expect(Object.values(runs[0] ?? {}).filter((one) => one === "pass").length).toBeGreaterThan(8);
    expect(readdirSync(here)).toEqual([]);
  },
  LIMIT,
);
