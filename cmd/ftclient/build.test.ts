// The executables of `bun run build` behave as the programs do, and need no other file.

import { expect, test } from "bun:test";
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import manifest from "../../package.json";
import { TestServer } from "../testing/testing.ts";

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

/** Makes the executables; returns the path of ftclient. */
async function buildPrograms(directory: string): Promise<string> {
  const command = manifest.scripts.build.split(" && ").at(-1)?.split(" ").slice(0, -1) ?? [];
  const PATH = [dirname(process.execPath), Bun.env["PATH"]].join(delimiter);
  const [status] = await runCommand([...command, directory], join(import.meta.dir, "../.."), {
    ...Bun.env,
    PATH,
  });
  expect(status).toBe(0);
  return join(directory, "ftclient");
}

test("the built ftclient fetches, lists and fails as it does from its source", async () => {
  await using server = new TestServer();
  server.createDirectory("empty");
  server.createFile("root/a b.txt", CONTENT);
  await server.start();
  const executable = await buildPrograms(server.getPath("build"));
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
  expect((await runCommand([executable, "--help"], directory))[1]).toContain("USAGE\n  ftclient");
  // Under a name that is no program's, the first argument names it.
  const renamed = server.getPath("build/files");
  renameSync(executable, renamed);
  expect(await runCommand([renamed, ...client.slice(1), "-l"], directory)).toEqual([
    2,
    "ftkit: Name a program as the first argument: ftserver, ftclient, ftpasswd, ftconform, ftbench.\n",
  ]);
  const named = [renamed, "ftclient", ...client.slice(1)];
  expect(await runCommand([...named, "-l"], directory)).toEqual([0, "a b.txt\n"]);
  expect(readdirSync(directory)).toEqual(["a b.txt"]);
}, 60_000);
