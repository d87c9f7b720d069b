// The examples of conformance/README.md for several machines, and the GitHub action, run as they stand.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ClassFile } from "./class-file.ts";

/** Some starts of the program, on a machine that is busy. */
const LIMIT = 120_000;
const ROOT = resolve(import.meta.dir, "../../..");
const README = readFileSync(`${ROOT}/conformance/README.md`, "utf8");
const here = mkdtempSync(join(tmpdir(), "ftconform-examples-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

beforeAll(() => {
  // Nothing was handed in, so that each verdict is there at once.
  const rows = Array.from({ length: 10 }, (_, at) => `Student ${at},`);
  writeFileSync(join(here, "submissions.csv"), ["name,server", ...rows].join("\n"));
  mkdirSync(join(here, "bin"));
  const program = `#!/bin/sh\nexec '${process.execPath}' '${ROOT}/cmd/ftconform.ts' "$@"\n`;
  writeFileSync(join(here, "bin/ftconform"), program);
  chmodSync(join(here, "bin/ftconform"), 0o755);
});

/** The code of the first block that holds the words. */
function findBlock(language: string, words: string): string {
  const blocks = [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.find(([, name, code]) => name === language && code?.includes(words));
  if (found?.[2] === undefined) throw new Error(`no block of ${language} has ${words}`);
  return found[2];
}

function runShell(script: string, variables: Record<string, string> = {}) {
  const { PATH = "", HOME = here } = Bun.env;
  const env = { PATH: `${join(here, "bin")}:${PATH}`, HOME, TMPDIR: here, ...variables };
  return Bun.spawnSync(["bash", "-c", script], { cwd: here, env, timeout: LIMIT / 2 });
}

function expectWholeClass(): void {
  runShell("ftconform --merge shards/* --out reports; rm -r shards");
  const { of, missing } = JSON.parse(
    readFileSync(join(here, "reports/class.json"), "utf8"),
  ) as ClassFile;
  expect([of, missing]).toEqual([10, []]);
  rmSync(join(here, "reports"), { recursive: true });
}

test(
  "the Slurm array",
  () => {
    const script = findBlock("sh", "SLURM_ARRAY_TASK_ID");
    for (let task = 1; task <= 8; task++)
      expect(runShell(script, { SLURM_ARRAY_TASK_ID: String(task) }).exitCode).toBe(2);
    expectWholeClass();
  },
  LIMIT,
);

interface KubernetesJob {
  spec: { completions: number; template: { spec: { containers: { args: string[] }[] } } };
}

test(
  "the Kubernetes job ends well although submissions do not pass",
  () => {
    const { spec } = Bun.YAML.parse(findBlock("yaml", "completionMode")) as KubernetesJob;
    const [script = ""] = spec.template.spec.containers[0]?.args ?? [];
    for (let index = 0; index < spec.completions; index++)
      expect(runShell(script, { JOB_COMPLETION_INDEX: String(index) }).exitCode).toBe(0);
    expectWholeClass();
  },
  LIMIT,
);

test.skipIf(Bun.which("parallel") === null)(
  "GNU parallel",
  () => {
    const [first = ""] = findBlock("sh", "parallel -j4").split("\n");
    runShell(`mkdir shards; ${first}`);
    expectWholeClass();
  },
  LIMIT,
);

interface Action {
  inputs: Record<string, { default?: string }>;
  runs: { steps: { run: string }[] };
}

test(
  "the GitHub action judges a share, and tells it to the workflow",
  () => {
    const path = `${ROOT}/conformance/action/action.yml`;
    const { inputs, runs } = Bun.YAML.parse(readFileSync(path, "utf8")) as Action;
    expect(Object.keys(inputs)).toEqual(["submissions", "options", "shard", "out"]);
    const workflow = Bun.YAML.parse(findBlock("yaml", "matrix")) as { jobs: object };
    expect(Object.keys(workflow.jobs)).toEqual(["judge", "merge"]);
    const { exitCode, stdout } = runShell(runs.steps[0]?.run ?? "", {
      ...{
        SUBMISSIONS: "submissions.csv",
        OPTIONS: "--only 'S1,S2'",
        SHARD: "1/5",
        OUT: "shards/1",
      },
      GITHUB_ACTION_PATH: `${ROOT}/conformance/action`,
      GITHUB_STEP_SUMMARY: join(here, "summary.md"),
    });
    expect(exitCode).toBe(0);
    expect(stdout.toString().match(/^::error title=Student [05] inconclusive::/gm)?.length).toBe(2);
    expect(readFileSync(join(here, "summary.md"), "utf8")).toContain("| Student 5 |");
  },
  LIMIT,
);
