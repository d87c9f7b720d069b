// What bun test, JUnit and the records say when a subject fails, and when there is nothing to judge.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brief } from "./suite-selection.ts";
import type { Result } from "./result.ts";

const LIMIT = 60_000; // a whole bun test for a few cases
const folder = mkdtempSync(join(tmpdir(), "ft-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  status: number;
  output: string;
  junit: string;
  records: Result[];
}

async function run(env: Record<string, string>): Promise<Run> {
  const results = mkdtempSync(join(folder, "results-"));
  const junit = join(results, "junit.xml");
  const report = ["--reporter=junit", `--reporter-outfile=${junit}`];
  await using suite = Bun.spawn(["bun", "test", "conformance", ...report], {
    cwd: join(import.meta.dir, "../.."),
    env: { ...Bun.env, ...env, FT_RESULTS: results },
    stdout: "pipe",
    stderr: "pipe",
  });
  const output = (await suite.stdout.text()) + (await suite.stderr.text());
  const status = await suite.exited;
  const names = readdirSync(results).filter((name) => name.endsWith(".json"));
  const records = await Promise.all(names.map((name) => Bun.file(join(results, name)).json()));
  return { status, output, junit: await Bun.file(junit).text(), records: records as Result[] };
}

const mutant = (name: string): string => `bun conformance/selftest/mutants/${name}.ts {port}`;

brief("a run", () => {
  test(
    "a broken MUST fails, and says all that helps",
    async () => {
      const env = {
        FT_SERVER: mutant("server-dials-for-invalid"),
        FT_ONLY: "S7.2",
        FT_PATIENCE: "1",
      };
      const { status, output, junit, records } = await run(env);
      expect(status).toBe(1);
      for (const text of [output, junit]) {
        for (const part of ["S7.2 MUST", "expected:", "observed:", "look at:", "timeline", "SYN"]) {
          expect(text).toContain(part);
        }
      }
      expect(output).toContain(`FT_ONLY=S7.2 FT_SERVER='${env.FT_SERVER}' FT_PATIENCE=1 bun test`);
      const record = records.find(({ role }) => role === "server");
      expect(record).toMatchObject({ id: "S7.2", level: "MUST", verdict: "fail", retried: true });
      expect(record?.timeline.length).toBeGreaterThan(3);
    },
    LIMIT,
  );

  test(
    "a broken SHOULD is told and does not decide, unless it is asked to",
    async () => {
      const env = {
        FT_SERVER: mutant("server-closes-p-at-once"),
        FT_ONLY: "S8.5",
        FT_PATIENCE: "1",
      };
      const lenient = await run(env);
      expect(lenient.status).toBe(0);
      expect(lenient.output).toContain("not met, and no more than that:\nS8.5 SHOULD");
      expect(lenient.records.some(({ verdict }) => verdict === "fail")).toBe(true);
      expect((await run({ ...env, FT_STRICT: "1" })).status).toBe(1);
    },
    LIMIT,
  );

  test(
    "a subject that cannot run comes to no verdict, not to a pass or a fail",
    async () => {
      const { status, output, records } = await run({
        FT_SERVER: "./no-such-server {port}",
        FT_ONLY: "S1",
      });
      expect(status).toBe(1);
      expect(output).toContain("inconclusive: ./no-such-server cannot be run");
      const judged = records.filter(({ role }) => role === "server");
      expect(new Set(judged.map(({ verdict }) => verdict))).toEqual(new Set(["inconclusive"]));
    },
    LIMIT,
  );

  test(
    "nothing to judge is no success",
    async () => {
      const { status, output } = await run({ FT_SERVER: "127.0.0.1:1", FT_ONLY: "S9.5" });
      expect(status).toBe(1);
      expect(output).toMatch(/none of \d+ cases can be judged/);
    },
    LIMIT,
  );
});
