// The behaviour of ftbench: it measures, reports what failed, and leaves no file.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, startProgram } from "../testing/testing.ts";

const LIMIT = 30_000;

/** A directory with two others: `root`, and `tmp` for the temporary files of the benchmark. */
class Directories implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "ftkit-bench-"));
  readonly env = { TMPDIR: join(this.path, "tmp") };

  constructor() {
    for (const name of ["tmp", "root"]) mkdirSync(this.getPath(name));
  }

  getPath = (name: string): string => join(this.path, name);
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const usages: [string[], string][] = [
  [["--sizes", "1X"], '--sizes takes numbers with K, M or G, separated by commas, not "1X".'],
  [["--clients", "0"], '--clients takes whole numbers, separated by commas, not "0".'],
  [["--against", "curl"], '--against takes NAME=COMMAND or NAME@PORT=COMMAND, not "curl".'],
  [["--load-ftp", "x=0"], '--load-ftp takes a decimal number from 1 to 65535, not "0".'],
  [["--root", "/no/such"], 'The directory "/no/such" cannot be used: there is no such directory.'],
];

test.each(usages)(
  "%j is refused",
  async (args, sentence) => {
    const { exit, stdout, stderr } = await runProgram("ftbench", args);
    expect([exit, stdout, stderr]).toEqual([2, "", `ftbench: ${sentence}\n`]);
  },
  LIMIT,
);

test(
  "--quick measures everything, and leaves only the files that were asked for",
  async () => {
    using directories = new Directories();
    const args = [
      "--quick",
      "--root",
      directories.getPath("root"),
      "--json",
      directories.getPath("a.json"),
    ];
    const { exit, stdout } = await runProgram(
      "ftbench",
      [...args, "--svg", directories.getPath("a.svg")],
      directories,
    );
    expect(exit).toBe(0);
    for (const work of [
      "get 1.0 KiB",
      "get 1.0 MiB",
      "list 500",
      "get 50 of 1.0 KiB",
      "transfers/s",
      "50 idle clients",
    ])
      expect(stdout).toContain(work);
    const results = JSON.parse(readFileSync(directories.getPath("a.json"), "utf8"));
    expect(results.processes.every((row: { seconds: number }) => row.seconds > 0)).toBe(true);
    expect(results.load.map(({ failures }: { failures: number }) => failures)).toEqual([0, 0]);
    expect(() => Bun.XML.parse(readFileSync(directories.getPath("a.svg"), "utf8"))).not.toThrow();
    expect([
      ...readdirSync(directories.getPath("root")),
      ...readdirSync(directories.getPath("tmp")),
    ]).toEqual([]);
  },
  LIMIT,
);

test(
  "a competitor that saves no file or other bytes is left out, and so is a server that does not exist",
  async () => {
    using directories = new Directories();
    const against = `lazy=true ; wrong=cp ${import.meta.path} {out} ; broken=false`;
    const work = ["--get", "--load", "--clients", "2", "--sizes", "1K", "--rounds", "1"];
    const servers = ["--seconds", "0.1", "--load-ftp", "nobody=1"];
    const { exit, stderr } = await runProgram(
      "ftbench",
      [...work, "--against", against, ...servers],
      directories,
    );
    expect(exit).toBe(1);
    expect(stderr).toContain('lazy is left out of "get 1.0 KiB": it saved no file.\n');
    expect(stderr).toMatch(
      /wrong is left out of "get 1.0 KiB": it saved [0-9]+ bytes instead of 1024\./,
    );
    expect(stderr).toContain('broken is left out of "get 1.0 KiB": it ended with status 1');
    expect(stderr).toMatch(
      /nobody is left out of .*: [0-9]+ transfers failed: .*it refused the connection/,
    );
  },
  LIMIT,
);

test(
  "an interrupt leaves no file",
  async () => {
    using directories = new Directories();
    const child = startProgram("ftbench", ["--sizes", "1K", "--rounds", "1000"], directories);
    const end = performance.now() + 5000;
    while (readdirSync(directories.getPath("tmp")).length === 0 && performance.now() < end)
      await Bun.sleep(20);
    await Bun.sleep(300);
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(existsSync(directories.getPath("tmp"))).toBe(true);
    expect(readdirSync(directories.getPath("tmp"))).toEqual([]);
  },
  LIMIT,
);
