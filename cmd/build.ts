// bun run build: makes one executable with all programs, and a link to it for each of them, in a directory. A link takes no room,
// and the name by which the executable is called chooses the program.

import { linkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { programs } from "./ftkit.ts";
import { embedDialects } from "./package/embed-dialects.ts";

const directory = process.argv[2] ?? "build";
const executable = join(directory, "ftkit");

await Bun.build({
  entrypoints: [join(import.meta.dir, "ftkit.ts")],
  compile: {
    outfile: executable,
    // An executable reads no settings from the directory where it is called.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
  plugins: [embedDialects],
  // All of these make it start faster.
  splitting: true,
  minify: true,
  bytecode: true,
  format: "esm",
});

for (const program of programs.keys()) {
  const link = join(directory, program);
  // A program that runs keeps its file, and another that starts meanwhile finds the old one or the new one.
  rmSync(`${link}.new`, { force: true });
  linkSync(executable, `${link}.new`);
  renameSync(`${link}.new`, link);
}
