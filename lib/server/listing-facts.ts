// Adds the size and the time of each file to a listing (N6.19).

import { lstatSync, type Stats } from "node:fs";
import { systemCode } from "../errors.ts";
import { formatFileTime } from "../protocol/file-time.ts";
import { callOnThread, inTurns, type Listing } from "./listing.ts";

/** Files between which other clients get their turn: they take about a millisecond. */
const TURN = 200;

/** What is needed of lstat(2): a thread returns it as plain data. */
type Facts = Pick<Stats, "size" | "mtimeMs">;

/** The order of the names stays. A file that has gone meanwhile is left out. On a network each file is asked for on a thread. */
export async function addFacts(
  path: string,
  { bytes, ...listing }: Listing,
  isLocal: boolean,
): Promise<Listing> {
  const names = Buffer.from(bytes).toString().split("\n").slice(0, -1);
  const pieces: Uint8Array[] = [];
  for await (const part of inTurns(names, TURN)) {
    const lines: string[] = [];
    for (const name of part) {
      const facts = await readFacts(`${path}/${name}`, isLocal);
      if (facts) lines.push(`${formatFacts(facts)} ${name}\n`);
    }
    pieces.push(Buffer.from(lines.join("")));
  }
  return { ...listing, bytes: Buffer.concat(pieces) };
}

/** As RFC 3659, section 7.2, writes them, with names in lower case. */
function formatFacts({ size, mtimeMs }: Facts): string {
  const time = formatFileTime(mtimeMs);
  return `size=${size};${time === undefined ? "" : `modify=${time};`}`;
}

async function readFacts(path: string, isLocal: boolean): Promise<Facts | undefined> {
  try {
    if (isLocal) return lstatSync(path);
    return await callOnThread<Facts>("lstatSync", path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
