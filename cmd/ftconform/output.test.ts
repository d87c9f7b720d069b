// The reports are files before anything is on the screen, and - is standard output with nothing else on it.

import { afterAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { JsonReport } from "./report/json.ts";

/** A program that ends at once, tried twice, on a machine that is busy. */
const LIMIT = 60_000;
const ROOT = resolve(import.meta.dir, "../..");
const here = mkdtempSync(join(tmpdir(), "ftconform-output-"));
beforeEach(() => {
  for (const name of readdirSync(here)) rmSync(join(here, name), { recursive: true });
});
afterAll(() => rmSync(here, { recursive: true, force: true }));

const FILES = ["report.html", "report.json", "report.xml"];
const REPORTS = "--html report.html --json report.json --junit report.xml";
const PROGRAM = `"${process.execPath}" "${ROOT}/cmd/ftconform.ts" --server "false {port}" --only S7.8`;

/** Runs a line of a shell. */
async function run(line: string) {
  const { PATH = "", HOME = here } = Bun.env;
  await using shell = Bun.spawn(["sh", "-c", line], {
    cwd: here,
    env: { PATH, HOME, TMPDIR: here },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([shell.stdout.text(), shell.stderr.text()]);
  return { status: await shell.exited, stdout, stderr };
}

const screens: [string, string, string][] = [
  ["is closed by its reader", `{ ${PROGRAM} ${REPORTS}; echo $? >&2; } | true`, "2\n"],
  [
    "is full",
    `${PROGRAM} ${REPORTS} > /dev/full`,
    "ftconform: Cannot write to standard output: the disk is full.\n",
  ],
  ["is closed from the start", `${PROGRAM} ${REPORTS} >&-`, ""],
];

test.skipIf(process.platform !== "linux").each(screens)(
  "a screen that %s costs no report",
  async (_, line, message) => {
    const { stderr } = await run(line);
    if (message) expect(stderr).toBe(message);
    expect(readdirSync(here).sort()).toEqual(FILES);
    const report = (await Bun.file(join(here, "report.json")).json()) as JsonReport;
    expect(report.verdict).toBe("inconclusive");
  },
  LIMIT,
);

test(
  "a reader that never reads on holds no report back",
  async () => {
    // The tree of all rules is longer than what a pipe and this reader take.
    const { stdout } = await run(
      `${PROGRAM.replace(" --only S7.8", "")} --html report.html | { sleep 30 & while [ ! -s report.html ]; do sleep 0.1; done; kill $!; echo there; }`,
    );
    expect(stdout).toBe("there\n");
  },
  LIMIT,
);

test(
  "- is standard output, and the tree goes to standard error",
  async () => {
    const { status, stdout, stderr } = await run(`${PROGRAM} --json - --junit report.xml`);
    expect(status).toBe(2);
    expect((JSON.parse(stdout) as JsonReport).exit).toBe(2);
    expect(stderr).toContain("? INCONCLUSIVE: ");
    expect(readdirSync(here)).toEqual(["report.xml"]);
    expect((await run(`${PROGRAM} --html -`)).stdout).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
    expect((await run(`${PROGRAM} --junit -`)).stdout).toMatch(/^<\?xml[^]*<\/testsuites>\n$/);
  },
  LIMIT,
);

test.skipIf(process.platform !== "linux")(
  "a report that cannot be written costs neither the others nor the screen",
  async () => {
    const { status, stdout, stderr } = await run(`${PROGRAM} --json /dev/full --html report.html`);
    expect(status).toBe(2);
    expect(stdout).toContain("? INCONCLUSIVE: ");
    expect(stderr).toBe('ftconform: Cannot write --json "/dev/full": the disk is full.\n');
    expect(readdirSync(here)).toEqual(["report.html"]);
  },
  LIMIT,
);

const refused: [string, string][] = [
  ["--json - --html -", "--json and --html cannot both go to standard output."],
  ["--json report --html ./report", '--json and --html are the same file: "./report".'],
  ["--json .", '--json takes a file, and "." is a directory.'],
];

test.each(refused)(
  "%s is refused before anything is started",
  async (options, why) => {
    const { status, stderr } = await run(`${PROGRAM} ${options}`);
    expect([status, stderr]).toEqual([2, `ftconform: ${why}\n`]);
  },
  LIMIT,
);
