// The README's map of the files is true: every file has its line, every line has its file, and every file of lib/ its tests.

import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const TOP = join(import.meta.dir, "../..");

/** What is tested where it is used, as the README says. */
const ELSEWHERE: Record<string, string> = {
  "tls-client.ts": "tls-transfer.test.ts",
  "tls-server.ts": "tls-transfer.test.ts",
  "tls-trust.ts": "tls-identity.test.ts",
  "verifier.worker.ts": "verifier.test.ts",
  "route.ts": "socket.test.ts",
  "target.ts": "exchange.test.ts",
  "answer.ts": "exchange.test.ts",
  "siphon.ts": "connection.test.ts",
};

/** The entries of the map, as paths: in a row a name without a directory is in that of the first one. */
function entries(): string[] {
  const readme = readFileSync(join(TOP, "README.md"), "utf8");
  const table = /\n## The files\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? "";
  const cells = table.split("\n").flatMap((row) => /^\| (`.*?) +\|/.exec(row)?.[1] ?? []);
  return cells.flatMap((cell) => {
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    const home = dirname(names[0] ?? "");
    return names.map((name, index) => (index === 0 ? name : join(home, name)));
  });
}

/** The source files of lib/ and cmd/ that are no tests and no help of tests. */
function sources(): string[] {
  return ["lib", "cmd"].flatMap((home) =>
    readdirSync(join(TOP, home), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !/\.test\.ts$|testing\.ts$/.test(name))
      .map((name) => join(home, name)),
  );
}

/** True where the entry is the file, a directory above it, or a pattern that it fits. */
function covers(entry: string, file: string): boolean {
  if (entry.endsWith("/")) return file.startsWith(entry);
  const pattern = entry.replaceAll(".", "\\.").replaceAll("*", "[a-z-]*");
  return new RegExp(`^${pattern}$`).test(file.replace(".worker.ts", ".ts"));
}

test("every source file is in the map", () => {
  const map = entries();
  expect(map.length).toBeGreaterThan(40);
  const missing = sources().filter((file) => !map.some((entry) => covers(entry, file)));
  expect(missing).toEqual([]);
});

test("every entry of the map exists", () => {
  const files = sources();
  const dead = entries().filter(
    (entry) => !existsSync(join(TOP, entry)) && !files.some((file) => covers(entry, file)),
  );
  expect(dead).toEqual([]);
});

test("every file of lib/ has its tests beside it, or where it is used", () => {
  const names = readdirSync(join(TOP, "lib"));
  const untested = sources()
    .filter((file) => dirname(file) === "lib")
    .map((file) => basename(file))
    .filter((name) => {
      const own = names.some(
        (test) => test.startsWith(name.replace(/ts$/, "")) && test.endsWith(".test.ts"),
      );
      return !own && !names.includes(ELSEWHERE[name] ?? "none");
    });
  expect(untested).toEqual([]);
});
