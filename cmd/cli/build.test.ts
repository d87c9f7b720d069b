// The executable that the README's command builds does what the program does, and needs nothing beside it.

import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { Site } from "../testing/testing.ts";

const TARGET = "build/ftclient";
const CONTENT = "größe\n".repeat(20_000);

/** Runs a command line to its end, and returns its exit status and what it printed. */
async function run(
  words: readonly string[],
  cwd: string,
  env: Record<string, string | undefined> = {},
): Promise<[number, string]> {
  const child = Bun.spawn([...words], { cwd, env, stderr: "pipe", timeout: 30_000 });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return [await child.exited, out + err];
}

test("ftclient is built, and fetches, lists and refuses as it does from its source", async () => {
  await using site = new Site();
  for (const directory of ["root", "empty"]) mkdirSync(site.at(directory));
  site.file("root/a b.txt", CONTENT);
  await site.serve();
  const built = site.at("ftclient");
  const command = manifest.scripts.build.split(" && ").at(-1)?.replace(TARGET, built) ?? "";
  const words = command.replace(/^bun /, "").split(" ");
  expect(words).toContain(built);
  expect(
    (await run([process.execPath, ...words], join(import.meta.dir, "../.."), Bun.env))[0],
  ).toBe(0);
  // An empty directory and an empty environment: no Bun, no source, no home.
  const here = site.at("empty");
  const client = [built, ...site.target];
  expect(await run([...client, "-l"], here)).toEqual([0, "a b.txt\n"]);
  expect(await run([...client, "-g", "a b.txt", "-q"], here)).toEqual([0, ""]);
  expect(readFileSync(join(here, "a b.txt"), "utf8")).toBe(CONTENT);
  expect(await run([...client, "-g", "none", "-q"], here)).toEqual([
    6,
    "ftclient: File not found: none\n",
  ]);
  expect((await run([built, "--help"], here))[1]).toContain("USAGE ftclient");
  expect(readdirSync(here)).toEqual(["a b.txt"]);
}, 60_000);
