// A piece of work for a client: what fills its command line, and how to check what it did.

import { formatBytes } from "../cli/byte-size.ts";
import type { Environment } from "./environment.ts";
import { WorkFailed } from "./process.ts";

export interface Work {
  readonly label: string;
  /** The size in bytes, or the number of names. */
  readonly amount: number;
  /** The values of the placeholders. */
  readonly values: Readonly<Record<string, string>>;
  /** True if the result is what the client prints, rather than a file. */
  readonly isListing: boolean;
  /** Throws `WorkFailed` if `out` does not hold the right result. */
  check(out: string): Promise<void>;
}

export function createGetWork(environment: Environment, size: number): Work {
  const file = environment.createFile(size);
  return {
    label: `get ${formatBytes(size)}`,
    amount: size,
    isListing: false,
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
    isListing: true,
    values: { dir, ...getServerValues(environment) },
    check: async (out) => {
      const lines = (await Bun.file(out).text()).split("\n").length - 1;
      if (lines !== count) throw new WorkFailed(`it printed ${lines} lines instead of ${count}.`);
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
