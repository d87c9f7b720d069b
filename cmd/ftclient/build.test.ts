// The executable of `bun run build` behaves as the program does, and needs no other file.

import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { TestServer } from "../testing/testing.ts";

const TARGET = "build/ftclient";
const CONTENT = "größe\n".repeat(20_000);

/** Runs a command to its end, and returns its exit status and its output. */
async function runCommand(
  words: readonly string[],
  cwd: string,
  env: Record<string, string | undefined> = {},
): Promise<[number, string]> {
  const child = Bun.spawn([...words], { cwd, env, stderr: "pipe", timeout: 30_000 });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return [await child.exited, out + err];
}

test("the built ftclient fetches, lists and fails as it does from its source", async () => {
  await using server = new TestServer();
  server.createDirectory("empty");
  server.createFile("root/a b.txt", CONTENT);
  await server.start();
  const executable = server.getPath("ftclient");
  const command = manifest.scripts.build.split(" && ").at(-1)?.replace(TARGET, executable) ?? "";
  const words = command.replace(/^bun /, "").split(" ");
  expect(words).toContain(executable);
  expect(
    (await runCommand([process.execPath, ...words], join(import.meta.dir, "../.."), Bun.env))[0],
  ).toBe(0);
  // The directory and the environment are empty: there is no Bun, no source and no home.
  const directory = server.getPath("empty");
  const client = [executable, ...server.endpoint];
  expect(await runCommand([...client, "-l"], directory)).toEqual([0, "a b.txt\n"]);
  expect(await runCommand([...client, "-g", "a b.txt", "-q"], directory)).toEqual([0, ""]);
  expect(readFileSync(join(directory, "a b.txt"), "utf8")).toBe(CONTENT);
  expect(await runCommand([...client, "-g", "none", "-q"], directory)).toEqual([
    6,
    "ftclient: File not found: none\n",
  ]);
  expect((await runCommand([executable, "--help"], directory))[1]).toContain("USAGE ftclient");
  expect(readdirSync(directory)).toEqual(["a b.txt"]);
}, 60_000);
