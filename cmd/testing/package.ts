// Packs what an npm installation gets, without a trace in the source.

import { cpSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";

const TOP = join(import.meta.dir, "../..");

/** How long one of the two commands may take, in ms. */
const TIMEOUT = 30_000;

/** Makes the package in an empty directory; returns the path of the tarball. It needs npm. */
export async function packPackage(directory: string): Promise<string> {
  const prepack = manifest.scripts.prepack.split(" && ").at(-1)?.split(" ").slice(1, -1) ?? [];
  await runCommand([process.execPath, ...prepack, join(directory, "dist")], TOP);
  const copied = manifest.files.filter((name) => name !== "dist");
  const files = [...copied].flatMap((name) => [...new Bun.Glob(name).scanSync({ cwd: TOP })]);
  for (const name of ["package.json", "README.md", "LICENSE", ...files])
    cpSync(join(TOP, name), join(directory, name));
  const packed = await runCommand(["npm", "pack", "--ignore-scripts", "--silent"], directory);
  return join(directory, packed.trim());
}

async function runCommand(words: readonly string[], cwd: string): Promise<string> {
  const child = Bun.spawn([...words], { cwd, stderr: "pipe", timeout: TIMEOUT });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`${words.join(" ")} failed: ${err}`);
  return out;
}
