// A hash of all that the verdict on a submission depends on: its files, its commands, its dialect and the suite.

import { createHash, type Hash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { CASES, REQUIREMENTS } from "../../../conformance/index.ts";
import { listCommands, namedFiles } from "./own-files.ts";
import type { Submission } from "./submissions.ts";

/** A submission with more than this is judged again each time. */
const MOST_FILES = 5_000;
const MOST_BYTES = 256 * 1024 * 1024;

/** A new rule or case is another suite, whatever its version. */
const SUITE = createHash("sha256")
  .update(
    JSON.stringify([manifest.version, REQUIREMENTS, CASES.map(({ id, title }) => [id, title])]),
  )
  .digest("hex");

/**
 * Undefined if the files are too many, or cannot be read. The files are those of the submission's own directory; if that is the
 * directory of the whole class, those beside the files that the commands name.
 */
export function hashSubmission(
  { options, build, directory }: Submission,
  { classDirectory, limit }: { classDirectory: string; limit: number },
): string | undefined {
  const hash = createHash("sha256").update(JSON.stringify([SUITE, options, build ?? "", limit]));
  try {
    const files = new Files(hash, classDirectory);
    if (options.dialect) files.addFile(resolve(directory, options.dialect));
    if (directory !== classDirectory) files.addTree(directory);
    const commands = listCommands(options, build);
    for (const path of commands.flatMap((command) => namedFiles(command, directory)))
      files.addSurroundings(path, classDirectory);
    return hash.digest("hex");
  } catch {
    return undefined;
  }
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

class Files {
  readonly #seen = new Set<string>();
  #bytes = 0;

  constructor(
    private readonly hash: Hash,
    private readonly base: string,
  ) {}

  /** A file; nothing if there is none, as for the name of a dialect. */
  addFile(path: string): void {
    if (this.#seen.has(path) || !isFile(path)) return;
    this.#seen.add(path);
    this.#bytes += statSync(path).size;
    if (this.#seen.size > MOST_FILES || this.#bytes > MOST_BYTES) throw new Error("too much");
    const name = relative(this.base, path);
    this.hash.update(`${name}\n`).update(createHash("sha256").update(readFileSync(path)).digest());
  }

  /** All files under a directory. A link counts by what it says: it could lead anywhere. */
  addTree(directory: string): void {
    const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
    if (entries.length > MOST_FILES) throw new Error("too much");
    const paths = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }));
    for (const { entry, path } of paths.sort((a, b) => (a.path < b.path ? -1 : 1))) {
      if (entry.isFile()) this.addFile(path);
      else if (entry.isSymbolicLink())
        this.hash.update(`${relative(this.base, path)} -> ${readlinkSync(path)}\n`);
    }
  }

  /** The files from which a program may be made: its folder in the directory of the class, or its neighbours of the same kind. */
  addSurroundings(path: string, classDirectory: string): void {
    const [first = "", ...rest] = relative(classDirectory, path).split(sep);
    if (first !== ".." && rest.length > 0) return this.addTree(join(classDirectory, first));
    const folder = dirname(realpathSync(path));
    const kin = readdirSync(folder).filter((name) => extname(name) === extname(path));
    // A program of the system has no source beside it.
    if (extname(path) !== "") for (const name of kin.sort()) this.addFile(join(folder, name));
    this.addFile(path);
  }
}
