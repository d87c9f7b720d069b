// A class in shares, one after the other or by GNU parallel, gives the same files as in one run; a second run keeps what still holds.

import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ClassFile } from "./class-file.ts";
import { parseCsv } from "./csv.ts";
import type { SubmissionRecord } from "./record.ts";

/** Eight submissions by one rule, twice, on a machine that is busy. */
const LIMIT = 240_000;
const ROOT = resolve(import.meta.dir, "../../..");
const FTCONFORM = [process.execPath, `${ROOT}/cmd/ftconform.ts`];
const here = mkdtempSync(join(tmpdir(), "ftconform-shards-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

const KINDS = ["variants/honest-server", "mutants/server-usage-error-exits-0", "none"];

beforeAll(() => {
  const rows = Array.from({ length: 8 }, (_, index) => {
    const kind = KINDS[index % KINDS.length];
    const server = `bun selftest/${kind}.ts {port}`;
    return `Student ${index},${kind === "none" ? "" : server},u${index},native,${ROOT}/conformance`;
  });
  writeFileSync(join(here, "class.csv"), ["name,server,id,dialect,cwd", ...rows].join("\r\n"));
});

const OPTIONS = ["--only", "S1.1", "--jobs", "2"];
const grade = (out: string, ...more: string[]) => [
  "--grade",
  "class.csv",
  "--out",
  out,
  ...OPTIONS,
  ...more,
];

function run(...words: string[]) {
  const { PATH = "", HOME = here } = Bun.env;
  const env = { PATH, HOME, TMPDIR: here };
  const { exitCode, stdout, stderr } = Bun.spawnSync(words, { cwd: here, env, timeout: LIMIT / 2 });
  return { exitCode, output: stdout.toString(), errors: stderr.toString() };
}

const read = (path: string): string => readFileSync(join(here, path), "utf8");
const withoutTimes = (path: string): string =>
  read(path)
    .replaceAll(/"(when|seconds)": .*/g, "")
    .replaceAll(/,\d+(\.\d)?,(All|The|Failed|Nothing)/g, ",$2");

function expectSame(out: string, other = "one"): void {
  for (const file of ["class.json", "marks.csv"])
    expect(withoutTimes(`${out}/${file}`)).toBe(withoutTimes(`${other}/${file}`));
}

test(
  "shares judged by four processes of GNU parallel give the class file of one process",
  () => {
    expect(run(...FTCONFORM, ...grade("one")).exitCode).toBe(2);
    const { submissions, missing } = JSON.parse(read("one/class.json")) as ClassFile;
    expect(missing).toEqual([]);
    expect(submissions.map(({ others, verdict }) => [others["id"], verdict])).toEqual(
      Array.from({ length: 8 }, (_, at) => [
        `u${at}`,
        ["conformant", "not conformant", "inconclusive"][at % KINDS.length],
      ]),
    );
    const share = [...FTCONFORM, ...grade("shards/{}", "--shard", "{}/4")];
    const shares = ["1", "2", "3", "4"];
    mkdirSync(join(here, "shards"));
    if (Bun.which("parallel")) run("parallel", "-j4", ...share, ":::", ...shares);
    else for (const one of shares) run(...share.map((word) => word.replace("{}", one)));
    const folders = shares.map((one) => `shards/${one}`);
    expect(folders.map((one) => readdirSync(join(here, one, "records")).length)).toEqual([
      2, 2, 2, 2,
    ]);
    expect(run(...FTCONFORM, "--merge", ...folders, "--out", "merged").exitCode).toBe(2);
    expectSame("merged");
    run(...FTCONFORM, "--merge", ...folders.slice(1), "--out", "part");
    expect((JSON.parse(read("part/class.json")) as ClassFile).missing).toEqual([1, 5]);
    // A record that an older, longer list left behind is of another class.
    const old = JSON.parse(read("shards/2/records/student-1.json")) as SubmissionRecord;
    writeFileSync(join(here, "shards/2/records/old.json"), JSON.stringify({ ...old, of: 9 }));
    const again = run(...FTCONFORM, "--merge", ...folders, "--out", "again");
    expect(again.errors).toContain("another length: Student 1");
    expectSame("again");
    expect(read("part/index.html")).toContain("2 of 8 submissions are not here");
  },
  LIMIT,
);

test(
  "--resume tests again what has changed and nothing else; new points are used at once",
  () => {
    const times = () =>
      (JSON.parse(read("one/class.json")) as ClassFile).submissions.map(({ when }) => when);
    const before = times();
    rmSync(join(here, "one/records/student-3.json"));
    writeFileSync(
      join(here, "points.toml"),
      '[[item]]\nname = "list"\nrules = ["S1.1"]\npoints = 3\n',
    );
    run(...FTCONFORM, ...grade("one", "--resume", "--points", "points.toml"));
    const changed = times().flatMap((when, at) => (when === before[at] ? [] : [at]));
    expect(changed).toEqual([3]);
    const [head = [], ...rows] = parseCsv(read("one/marks.csv"));
    expect(rows.map((row) => row[head.indexOf("points")])).toEqual([
      "3",
      "0",
      "0",
      "3",
      "0",
      "0",
      "3",
      "0",
    ]);
    // Another selection is another question.
    run(...FTCONFORM, ...grade("one", "--resume").with(5, "S1.1,S2.1"));
    expect(times().filter((when, at) => when !== undefined && when === before[at])).toEqual([]);
  },
  LIMIT,
);

test(
  "an end midway keeps what is finished, writes nothing of the rest, and --resume goes on",
  async () => {
    const { PATH = "", HOME = here } = Bun.env;
    // What an earlier run said of the last submission is no verdict of this one.
    mkdirSync(join(here, "ended/records"), { recursive: true });
    const stale = read("merged/records/student-7.json");
    writeFileSync(join(here, "ended/records/student-7.json"), stale.replace("native", "other"));
    const words = [...FTCONFORM, ...grade("ended")];
    const child = Bun.spawn(words, {
      cwd: here,
      env: { PATH, HOME, TMPDIR: here },
      stdio: ["ignore", "ignore", "ignore"],
    });
    const count = () => {
      const folder = join(here, "ended/records");
      return statSync(folder, { throwIfNoEntry: false })
        ? readdirSync(folder).filter((name) => name !== "student-7.json").length
        : 0;
    };
    while (count() === 0 && child.exitCode === null) await Bun.sleep(20);
    child.kill("SIGINT");
    await child.exited;
    const kept = count();
    expect(kept).toBeGreaterThan(0);
    expect(existsSync(join(here, "ended/records/student-7.json"))).toBe(false);
    const { submissions } = JSON.parse(read("ended/class.json")) as ClassFile;
    expect(submissions.filter(({ points }) => points !== null).length).toBe(kept);
    expect(submissions.length).toBe(8);
    run(...FTCONFORM, ...grade("ended", "--resume"));
    // The first directory has other verdicts by now.
    expectSame("ended", "merged");
  },
  LIMIT,
);
