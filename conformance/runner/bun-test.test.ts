// What bun test and JUnit say when a subject fails, and when there is nothing to test.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfTest } from "./suite-selection.ts";

const LIMIT = 60_000; // a whole bun test for a few cases
const folder = mkdtempSync(join(tmpdir(), "ft-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  status: number;
  output: string;
  junit: string;
}

async function run(env: Record<string, string>): Promise<Run> {
  const junit = join(mkdtempSync(join(folder, "run-")), "junit.xml");
  const report = ["--reporter=junit", `--reporter-outfile=${junit}`];
  await using suite = Bun.spawn(["bun", "test", "conformance", ...report], {
    cwd: join(import.meta.dir, "../.."),
    env: { ...Bun.env, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const output = (await suite.stdout.text()) + (await suite.stderr.text());
  const status = await suite.exited;
  return { status, output, junit: await Bun.file(junit).text() };
}

const mutant = (name: string): string => `bun conformance/selftest/mutants/${name}.ts {port}`;

selfTest("a run", () => {
  test(
    "a broken MUST fails, with all that helps",
    async () => {
      const env = {
        FT_SERVER: mutant("server-dials-for-invalid"),
        FT_ONLY: "S7.2",
        FT_TIMEOUT_SCALE: "1",
      };
      const { status, output, junit } = await run(env);
      expect(status).toBe(1);
      for (const text of [output, junit]) {
        for (const part of ["S7.2 MUST", "expected:", "observed:", "hint:", "timeline", "SYN"]) {
          expect(text).toContain(part);
        }
      }
      expect(output).toContain(
        `FT_SERVER='${env.FT_SERVER}' FT_TIMEOUT_SCALE=1 FT_ONLY=S7.2 bun test`,
      );
      expect(output).toContain("(tried twice, same result)");
    },
    LIMIT,
  );

  test(
    "a generated run that fails is told as its shortest form, with its seed",
    async () => {
      const server = mutant("server-loses-byte-of-full-buffer");
      const env = { FT_SERVER: server, FT_ONLY: "S7.10", FT_TIMEOUT_SCALE: "1", FT_SEED: "5" };
      const { status, output } = await run(env);
      expect(status).toBe(1);
      const file = '"a.txt" (500 bytes)';
      expect(output).toContain(
        `the shortest run that fails, of seed 5: (1) the file ${file} appears (2) -g a.txt`,
      );
      expect(output).toContain(`FT_TIMEOUT_SCALE=1 FT_SEED=5 FT_ONLY=S7.10 bun test`);
      expect(output).not.toContain("(fail) S7.11");
    },
    LIMIT,
  );

  test(
    "a broken SHOULD is reported and decides only with FT_STRICT",
    async () => {
      const env = {
        FT_SERVER: mutant("server-closes-p-at-once"),
        FT_ONLY: "S8.5",
        FT_TIMEOUT_SCALE: "1",
      };
      const lenient = await run(env);
      expect(lenient.status).toBe(0);
      expect(lenient.output).toContain("This decides nothing:\nS8.5 SHOULD");
      expect((await run({ ...env, FT_STRICT: "1" })).status).toBe(1);
    },
    LIMIT,
  );

  test(
    "a subject that does not run is inconclusive: neither a pass nor a fail",
    async () => {
      const { status, output } = await run({
        FT_SERVER: "./no-such-server {port}",
        FT_ONLY: "S1",
      });
      expect(status).toBe(1);
      expect(output).toContain("inconclusive: ./no-such-server cannot be run");
      expect(output).not.toMatch(/\((pass|skip)\) S1/);
    },
    LIMIT,
  );

  test(
    "nothing to judge is no success",
    async () => {
      const { status, output } = await run({ FT_SERVER: "127.0.0.1:1", FT_ONLY: "S9.5" });
      expect(status).toBe(1);
      expect(output).toMatch(/none of \d+ cases can be tested/);
    },
    LIMIT,
  );
});
