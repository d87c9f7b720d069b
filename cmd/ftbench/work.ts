// A piece of work for a client: what fills its command line, and how to check what it did.

import { existsSync, readdirSync } from "node:fs";
import { formatBytes } from "../cli/byte-size.ts";
import type { Environment } from "./environment.ts";
import { WorkFailed } from "./process.ts";

export interface Work {
  readonly label: string;
  /** The size in bytes, or the number of names. */
  readonly amount: number;
  /** The values of the placeholders. */
  readonly values: Readonly<Record<string, string>>;
  /** Where the result goes: into a file, into a directory that exists, or to standard output. */
  readonly output: "file" | "directory" | "stdout";
  /** Throws `WorkFailed` if `out` does not hold the right result. */
  check(out: string): Promise<void>;
}

export function createGetWork(environment: Environment, size: number): Work {
  const file = environment.createFile(size);
  return {
    label: `get ${formatBytes(size)}`,
    amount: size,
    output: "file",
    values: { file, ...getServerValues(environment), size: String(size) },
    check: async (out) => {
      const [saved, served] = [Bun.file(out), Bun.file(`${environment.root}/${file}`)];
      if (!(await saved.exists())) throw new WorkFailed("it saved no file.");
      if (saved.size !== size)
        throw new WorkFailed(`it saved ${saved.size} bytes instead of ${size}.`);
      if ((await hashFile(saved)) !== (await hashFile(served)))
        throw new WorkFailed("it saved other bytes.");
    },
  };
}

export function createListWork(environment: Environment, dir: string, count: number): Work {
  return {
    label: `list ${count}`,
    amount: count,
    output: "stdout",
    values: { dir, ...getServerValues(environment) },
    check: async (out) => {
      const lines = (await Bun.file(out).text()).split("\n").length - 1;
      if (lines !== count) throw new WorkFailed(`it printed ${lines} lines instead of ${count}.`);
    },
  };
}

/** Fetches all files of a directory, each of `size` bytes. Some clients save them in a directory of that name. */
export function createManyWork(
  environment: Environment,
  dir: string,
  count: number,
  size: number,
): Work {
  return {
    label: `get ${count} of ${formatBytes(size)}`,
    amount: 0, // no size of one file, for the plot
    output: "directory",
    values: { dir, ...getServerValues(environment) },
    check: async (out) => {
      const nested = `${out}/${dir.split("/").at(-1)}`;
      const saved = existsSync(nested) ? nested : out;
      const names = readdirSync(`${environment.root}/${dir}`);
      for (const name of names) {
        const file = Bun.file(`${saved}/${name}`);
        const served = Bun.file(`${environment.root}/${dir}/${name}`);
        if (!(await file.exists())) throw new WorkFailed(`it did not save ${name}.`);
        if (!Buffer.from(await file.bytes()).equals(await served.bytes()))
          throw new WorkFailed(`it saved other bytes in ${name}.`);
      }
    },
  };
}

/** Where our own server listens. */
export function getServerValues({ port }: Environment): Record<string, string> {
  return { host: "127.0.0.1", port: String(port) };
}

async function hashFile(file: Blob): Promise<string> {
  const hasher = new Bun.CryptoHasher("blake2b256");
  for await (const chunk of file.stream()) hasher.update(chunk);
  return hasher.digest("hex");
}
