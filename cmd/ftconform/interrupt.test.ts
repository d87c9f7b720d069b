// Whatever ends the suite, in each of its three forms: no process of a subject is left, and no file.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A start of the suite and the end of its subjects, on a machine that is busy. */
const LIMIT = 60_000;
/** For each of the two, in ms. */
const WAIT = 25_000;
const POLL = 50;

const ROOT = resolve(import.meta.dir, "../..");
const here = mkdtempSync(join(tmpdir(), "ftconform-end-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

const server = `sh ${join(here, "server.sh")} {port}`;
const list = join(here, "class.csv");

beforeAll(() => writeFileSync(list, `name,server\nAda,${server}\nBob,${server}\n`));

/** The number of seconds is the mark of a run: only its processes sleep for so long. */
function writeServer(mark: string): void {
  // A child in another session, one without an environment, one elsewhere without either: each is found by what it keeps.
  const children = [
    `setsid ${mark} &`,
    `setsid env -i ${mark} &`,
    `(cd / && exec env -i ${mark}) &`,
    `exec ${mark}`,
  ];
  writeFileSync(join(here, "server.sh"), `${children.join("\n")}\n`);
}

const only = ["--only", "S2.1,S7.8"];
const program = (...args: string[]) => [process.execPath, `${ROOT}/cmd/ftconform.ts`, ...args];
const FORMS = {
  ftconform: program("--server", server, ...only),
  "bun test": [process.execPath, "test", "conformance/step2", "conformance/step7"],
  "bun test --parallel": [
    ...[process.execPath, "test", "--parallel"],
    ...["conformance/step2", "conformance/step7"],
  ],
  "ftconform --grade": program("--grade", list, "--out", join(here, "out"), ...only),
};
type Form = keyof typeof FORMS;

let seconds = 7_000;

/** Starts the suite in a process group of its own, as a shell does, and waits until subjects run. */
async function start(form: Form) {
  const mark = `sleep ${++seconds}`;
  writeServer(mark);
  const temporary = join(here, `tmp-${seconds}`);
  mkdirSync(temporary);
  const { PATH = "", HOME = here } = Bun.env;
  const choice = form.startsWith("bun") ? { FT_SERVER: server, FT_ONLY: "S2,S7" } : {};
  const suite = Bun.spawn(FORMS[form], {
    cwd: form.startsWith("bun") ? ROOT : here,
    env: { PATH, HOME, TMPDIR: temporary, ...choice },
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  await waitFor(() => find(mark).length >= 4, "its subjects");
  return { suite, mark, temporary };
}

async function waitFor(check: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !check(); waited += POLL) {
    if (waited > WAIT) throw new Error(`waited ${WAIT} ms for ${what}`);
    await Bun.sleep(POLL);
  }
}

/** The processes with this command line, or whose command line contains it. */
const find = (text: string, isWhole = true): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => (isWhole ? commandOf(pid) === text : commandOf(pid).includes(text)))
    .map(Number);

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return ""; // it has ended
  }
}

async function expectNothingLeft(mark: string, temporary: string): Promise<void> {
  await waitFor(() => find(mark).length === 0, "the end of its subjects").catch(() => {});
  expect(find(mark)).toEqual([]);
  await waitFor(() => readdirSync(temporary).length === 0, "no file").catch(() => {});
  expect(readdirSync(temporary)).toEqual([]);
}

const ends: [Form, NodeJS.Signals][] = [
  ["ftconform", "SIGINT"],
  ["ftconform", "SIGHUP"],
  ["ftconform", "SIGKILL"],
  ["bun test", "SIGINT"],
  ["bun test", "SIGHUP"],
  ["bun test", "SIGKILL"],
  ["bun test --parallel", "SIGINT"],
  ["ftconform --grade", "SIGINT"],
  ["ftconform --grade", "SIGHUP"],
  ["ftconform --grade", "SIGKILL"],
];
const onLinux = test.skipIf(process.platform !== "linux");

onLinux.each(ends)(
  "%s leaves nothing after %s for its whole process group",
  async (form, signal) => {
    const { suite, mark, temporary } = await start(form);
    process.kill(-suite.pid, signal);
    await suite.exited;
    await expectNothingLeft(mark, temporary);
  },
  LIMIT,
);

onLinux(
  "kill -9 of the process that tests a submission costs its results and nothing else",
  async () => {
    const { suite, mark, temporary } = await start("ftconform --grade");
    await waitFor(() => {
      for (const pid of find("@test-submission", false).filter((one) => belongs(one, temporary)))
        kill(pid);
      return suite.exitCode !== null;
    }, "the end of the suite");
    expect(suite.exitCode).toBe(2);
    expect(await Bun.file(join(here, "out/marks.csv")).text()).toContain("the process that tested");
    await expectNothingLeft(mark, temporary);
  },
  LIMIT,
);

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function belongs(pid: number, temporary: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`TMPDIR=${temporary}/`);
  } catch {
    return false;
  }
}

onLinux(
  "an interrupted run reports what it had, on the screen and in its files, with a status of its own",
  async () => {
    const { suite, mark, temporary } = await start("ftconform --grade");
    suite.kill("SIGTERM");
    expect(await suite.exited).toBe(143);
    expect(await suite.stdout.text()).toContain("? Ada ");
    const marks = await Bun.file(join(here, "out/marks.csv")).text();
    expect(marks.match(/Ada|Bob/g)).toEqual(["Ada", "Bob"]);
    expect(marks).toContain("ended by a signal");
    await expectNothingLeft(mark, temporary);
  },
  LIMIT,
);
