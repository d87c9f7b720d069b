// `npm pack` calls this: it makes in a directory what an npm installation contains.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programs } from "./ftkit.ts";
import { bundlePrograms } from "./package/bundle.ts";

const TOP = join(import.meta.dir, "..");

/** The packages that the bundles contain: their licenses demand that their notice goes with every copy. */
const BUNDLED = ["citty", "consola"];

const directory = process.argv[2] ?? "dist";
const names = [...programs.keys()];

function createDirectory(name: string): string {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  return path;
}

rmSync(directory, { recursive: true, force: true });
const sources = names.map((name) => join(import.meta.dir, `${name}.ts`));
await bundlePrograms(sources, createDirectory("lib"));
const commands = createDirectory("bin");
for (const name of names) {
  copyFileSync(join(import.meta.dir, "launch.sh"), join(commands, name));
  chmodSync(join(commands, name), 0o755);
}
const notices = BUNDLED.map((name) => {
  const license = readFileSync(join(TOP, "node_modules", name, "LICENSE"), "utf8");
  return `The programs contain ${name}:\n\n${license}`;
});
writeFileSync(join(directory, "NOTICE"), notices.join("\n"));
