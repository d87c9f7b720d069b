// The dialects that come with the suite: name and text of each file in dialects/.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DIRECTORY = join(import.meta.dir, "../dialects");
const SUFFIX = ".toml";

/** `bun run build` calls this at its own time, and puts the result in the executable, which has no such directory. */
export const shippedDialects: ReadonlyMap<string, string> = new Map(
  readdirSync(DIRECTORY)
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((file) => [file.slice(0, -SUFFIX.length), readFileSync(join(DIRECTORY, file), "utf8")]),
);
