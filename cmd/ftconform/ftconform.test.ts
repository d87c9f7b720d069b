// ftconform as a user meets it: the verdict's exit status, the tree, the files, and nothing left behind.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { JsonReport } from "./report/json.ts";

/** A few rules of a subject that starts at once, twice where they fail, on a machine that is busy. */
const LIMIT = 90_000;
const here = mkdtempSync(join(tmpdir(), "ftconform-test-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

const ROOT = resolve(import.meta.dir, "../..");
const own = `bun "${ROOT}/cmd/ftserver.ts" {port}`;
const mutant = `bun "${ROOT}/conformance/selftest/mutants/server-error-on-q.ts" {port}`;

interface Said {
  exit: number;
  stdout: string;
  stderr: string;
}

async function ftconform(...args: string[]): Promise<Said> {
  const { PATH = "", HOME = here } = Bun.env;
  const work = join(here, "tmp");
  rmSync(work, { recursive: true, force: true });
  await Bun.write(join(work, "keep"), "");
  const program = Bun.spawn([process.execPath, `${ROOT}/cmd/ftconform.ts`, ...args], {
    cwd: here,
    env: { PATH, HOME, TMPDIR: work },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([program.stdout.text(), program.stderr.text()]);
  const exit = await program.exited;
  expect(readdirSync(work).filter((name) => name.startsWith("ft"))).toEqual([]);
  return { exit, stdout, stderr };
}

test(
  "0: a server that keeps what is asked",
  async () => {
    const { exit, stdout, stderr } = await ftconform("--server", own, "--only", "S7.8,S7.19");
    expect([exit, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("✓ pass         S7.19  MUST");
    expect(stdout).toEndWith("✓ CONFORMANT: All 2 MUST rules that apply pass.\n");
    expect(stdout).not.toContain("\x1b");
  },
  LIMIT,
);

test(
  "1: a server that breaks a rule; the line to paste breaks it again",
  async () => {
    const files = ["junit", "json", "html"].flatMap((one) => [`--${one}`, `report.${one}`]);
    const first = await ftconform("--server", mutant, "--only", "S7.19,S7.8", ...files);
    expect([first.exit, first.stderr]).toEqual([1, ""]);
    expect(first.stdout).toEndWith("✗ NOT CONFORMANT: Failed: S7.19 (1 of 2 MUST rules).\n");
    const report = (await Bun.file(join(here, "report.json")).json()) as JsonReport;
    expect(report).toMatchObject({ verdict: "not conformant", exit: 1 });
    expect(await Bun.file(join(here, "report.junit")).text()).toContain('failures="1"');
    expect(await Bun.file(join(here, "report.html")).text()).toContain("Sequence diagram of S7.19");
    const line = /^again: +(.+)$/m.exec(first.stdout)?.[1] ?? "";
    const again = Bun.spawn(["sh", "-c", line], { cwd: here, stdio: ["ignore", "pipe", "pipe"] });
    const said = await again.stdout.text();
    expect(await again.exited).toBe(1);
    expect(said).toEndWith("✗ NOT CONFORMANT: Failed: S7.19 (1 of 1 MUST rules).\n");
  },
  LIMIT,
);

test(
  "1: a server that runs, and never listens",
  async () => {
    const server = "sh -c 'echo ready; sleep 30' {port}";
    const deaf = await ftconform("--server", server, "--only", "S2.1", "--patience", "0.2");
    expect(deaf.exit).toBe(1);
    expect(deaf.stdout).toContain("Failed: S2.1");
  },
  LIMIT,
);

test(
  "1: a SHOULD decides with --strict, and not without",
  async () => {
    const server = `bun "${ROOT}/conformance/selftest/variants/server-closes-p.ts" {port}`;
    const asked = ["--server", server, "--only", "S8.5,S7.8", "--patience", "1"];
    expect((await ftconform(...asked)).exit).toBe(0);
    const strict = await ftconform(...asked, "--strict");
    expect(strict.exit).toBe(1);
    expect(strict.stdout).toMatch(/again: .* --strict\n/);
  },
  LIMIT,
);

test(
  "a client that asks is answered what --answer says",
  async () => {
    const program = `bun "${ROOT}/conformance/selftest/variants/client-asks.ts"`;
    const client = `${program} {host} {port} {command} {file} {dataport}`;
    const asked = ["--client", client, "--only", "S7.16"];
    expect((await ftconform(...asked)).exit).toBe(0);
    const replaced = await ftconform(...asked, "--answer", "y\\n");
    expect(replaced.exit).toBe(1);
    expect(replaced.stdout).toMatch(/again: .* --answer 'y\\n' /);
  },
  LIMIT,
);

const open: [string, string[], string | RegExp][] = [
  [
    "a program that ends at once",
    ["--server", "false {port}", "--only", "S7.8"],
    /Nothing could be tested: .*exit status 1/,
  ],
  [
    "one that is not there",
    ["--server", "./nothing {port}", "--only", "S7.8"],
    /Nothing could be tested: .*cannot be run/,
  ],
  [
    "rules that do not apply",
    ["--server", own, "--only", "S8.1"],
    "Nothing could be tested: no client was given.",
  ],
];

test.each(open)(
  "2: %s",
  async (_, args, why) => {
    const { exit, stdout } = await ftconform(...args);
    expect(exit).toBe(2);
    expect(stdout.replaceAll("\n  ", " ").split("? INCONCLUSIVE: ")[1]).toMatch(why);
  },
  LIMIT,
);

const refused: [string, string[], string][] = [
  ["an unknown option", ["--sever", "x"], 'Unknown option "--sever". Did you mean --server?'],
  ["no subject", [], "Nothing to judge: give --server, --client or both."],
  [
    "nothing selected",
    ["--server", own, "--only", "S99"],
    '--only takes ids such as S7.1, or steps such as S7; "S99" selects nothing.',
  ],
  [
    "a report that cannot be written",
    ["--server", own, "--html", "no/x.html"],
    '--html "no/x.html" cannot be written (ENOENT).',
  ],
];

test.each(refused)(
  "2: %s",
  async (_, args, why) => {
    expect(await ftconform(...args)).toEqual({
      exit: 2,
      stdout: "",
      stderr: `ftconform: ${why}\n`,
    });
  },
  LIMIT,
);

test(
  "a signal ends the run and everything in it",
  async () => {
    const { PATH = "", HOME = here } = Bun.env;
    const server = `sh -c "sleep 61.25 & sleep 61.25" {port}`;
    const program = Bun.spawn(
      [process.execPath, `${ROOT}/cmd/ftconform.ts`, "--server", server, "--only", "S2.1"],
      { cwd: here, env: { PATH, HOME, TMPDIR: here }, stdio: ["ignore", "pipe", "pipe"] },
    );
    for (let looks = 0; looks < 100 && sleepers() === 0; looks++) await Bun.sleep(100);
    expect(sleepers()).toBeGreaterThan(0);
    program.kill("SIGINT");
    expect(await program.exited).toBe(130);
    expect(sleepers()).toBe(0);
    expect(await program.stderr.text()).toBe("");
    expect(await program.stdout.text()).toEndWith(
      "? INCONCLUSIVE: Nothing could be tested: it was ended by a signal.\n",
    );
    expect(readdirSync(here).filter((name) => name.startsWith("ftconform-"))).toEqual([]);
  },
  LIMIT,
);

const sleepers = (): number =>
  Bun.spawnSync(["ps", "-Ao", "args"])
    .stdout.toString()
    .split("\n")
    .filter((line) => line === "sleep 61.25").length;
