// The files of the demo: text, binary, empty, large, and names that are not plain ASCII.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Large enough to be cut into many pieces on Q, small enough to be made at once: 64 MiB. */
const LARGE = 64 * 1024 * 1024;

/** Makes both directories, and the files in the first. Returns their names in the order of a listing. */
export function makeFiles(served: string, fetched: string): string[] {
  mkdirSync(served);
  mkdirSync(fetched);
  const binary = Uint8Array.from({ length: 4096 }, (_, index) => index % 256);
  const files: Record<string, string | Uint8Array> = {
    "Grüße aus Zürich.txt": "Grüße!\n",
    "binary.dat": binary,
    "empty.txt": "",
    "large.bin": Buffer.alloc(LARGE, crypto.getRandomValues(new Uint8Array(65521))),
    "notes.txt": "P is the control connection, Q is the data connection.\n",
    "two words.txt": "A name may hold spaces.\n",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(served, name), content);
  return Object.keys(files).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** The SHA-256 of a file; the empty string where there is none. */
export function sha256Of(path: string): string {
  try {
    return Bun.CryptoHasher.hash("sha256", readFileSync(path), "hex");
  } catch {
    return "";
  }
}
