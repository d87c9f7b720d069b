// `npm pack` calls this: it makes in a directory what an npm installation contains.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../package.json";
import { programs } from "./ftkit.ts";
import { bundlePrograms } from "./package/bundle.ts";
import { formatBashCompletion, formatZshCompletion } from "./package/completion.ts";
import { formatManPage } from "./package/man-page.ts";

const TOP = join(import.meta.dir, "..");

/** The packages that the bundles contain: their licenses demand that a notice goes with every copy. */
const BUNDLED = ["consola"];

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
const man = createDirectory("share/man/man1");
const bash = createDirectory("share/bash-completion/completions");
const zsh = createDirectory("share/zsh/site-functions");
for (const [name, load] of programs) {
  const { program } = await load();
  const others = names.filter((one) => one !== name);
  writeFileSync(join(man, `${name}.1`), formatManPage(program, manifest.version, others));
  writeFileSync(join(bash, name), formatBashCompletion(program));
  writeFileSync(join(zsh, `_${name}`), formatZshCompletion(program));
}
const notices = BUNDLED.map((name) => {
  const license = readFileSync(join(TOP, "node_modules", name, "LICENSE"), "utf8");
  return `The programs contain ${name}:\n\n${license}`;
});
writeFileSync(join(directory, "NOTICE"), notices.join("\n"));
