// ftbench as its user meets it: it measures, tells who failed, and leaves nothing behind.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, start } from "../testing/testing.ts";

const LIMIT = 30_000;

/** A directory with `tmp` in it, where the benchmark makes its own. */
class Place implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "ftkit-bench-"));
  readonly env = { TMPDIR: join(this.path, "tmp") };

  constructor() {
    for (const name of ["tmp", "root"]) mkdirSync(this.at(name));
  }

  at = (name: string): string => join(this.path, name);
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const usages: [string[], string][] = [
  [["--sizes", "1X"], '--sizes takes numbers with K, M or G, and commas between, not "1X".'],
  [["--clients", "0"], '--clients takes whole numbers with commas between, not "0".'],
  [["--against", "curl"], '--against takes NAME=COMMAND or NAME@PORT=COMMAND, not "curl".'],
  [["--load-ftp", "x=0"], '--load-ftp takes a decimal number from 1 to 65535, not "0".'],
  [["--root", "/no/such"], 'The directory "/no/such" cannot be used: there is no such directory.'],
];

test.each(usages)(
  "%j is refused",
  async (args, sentence) => {
    const { exit, stdout, stderr } = await run("ftbench", args);
    expect([exit, stdout, stderr]).toEqual([2, "", `ftbench: ${sentence}\n`]);
  },
  LIMIT,
);

test(
  "--quick measures everything once, and leaves only the files that were asked for",
  async () => {
    using place = new Place();
    const args = ["--quick", "--root", place.at("root"), "--json", place.at("a.json")];
    const { exit, stdout } = await run("ftbench", [...args, "--svg", place.at("a.svg")], place);
    expect(exit).toBe(0);
    for (const work of ["get 1.0 KiB", "get 1.0 MiB", "list 500", "transfers/s", "50 idle clients"])
      expect(stdout).toContain(work);
    const results = JSON.parse(readFileSync(place.at("a.json"), "utf8"));
    expect(results.rows.every((row: { seconds: number }) => row.seconds > 0)).toBe(true);
    expect(results.loadRows.map(({ failures }: { failures: number }) => failures)).toEqual([0, 0]);
    expect(() => Bun.XML.parse(readFileSync(place.at("a.svg"), "utf8"))).not.toThrow();
    expect([...readdirSync(place.at("root")), ...readdirSync(place.at("tmp"))]).toEqual([]);
  },
  LIMIT,
);

test(
  "a contender that saves nothing or other bytes is out of the race, and a server that is not there too",
  async () => {
    using place = new Place();
    const against = `lazy=true ; wrong=cp ${import.meta.path} {out} ; broken=false`;
    const work = ["--get", "--load", "--clients", "2", "--sizes", "1K", "--rounds", "1"];
    const servers = ["--seconds", "0.1", "--load-ftp", "nobody=1"];
    const { exit, stderr } = await run(
      "ftbench",
      [...work, "--against", against, ...servers],
      place,
    );
    expect(exit).toBe(1);
    expect(stderr).toContain('lazy is out of "get 1.0 KiB": it saved no file.\n');
    expect(stderr).toMatch(
      /wrong is out of "get 1.0 KiB": it saved [0-9]+ bytes instead of 1024\./,
    );
    expect(stderr).toContain('broken is out of "get 1.0 KiB": it ended with status 1');
    expect(stderr).toMatch(
      /nobody is out of .*: [0-9]+ transfers failed: .*it refused the connection/,
    );
  },
  LIMIT,
);

test(
  "an interrupt leaves nothing behind",
  async () => {
    using place = new Place();
    const child = start("ftbench", ["--sizes", "1K", "--rounds", "1000"], place);
    const until = performance.now() + 5000;
    while (readdirSync(place.at("tmp")).length === 0 && performance.now() < until)
      await Bun.sleep(20);
    await Bun.sleep(300);
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(existsSync(place.at("tmp"))).toBe(true);
    expect(readdirSync(place.at("tmp"))).toEqual([]);
  },
  LIMIT,
);
