// The files of the demo: text, binary, empty and large ones, one with a space and one with letters outside ASCII in its name.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** 64 MiB: large enough to travel in many pieces on Q, and quick to create. */
const LARGE_SIZE = 64 * 1024 * 1024;

/** Creates both directories, and the files in the first. Returns their names in the order of a listing. */
export function createFiles(served: string, fetched: string): string[] {
  mkdirSync(served);
  mkdirSync(fetched);
  const binary = Uint8Array.from({ length: 4096 }, (_, index) => index % 256);
  const files: Record<string, string | Uint8Array> = {
    "Grüße aus Zürich.txt": "Grüße!\n",
    "binary.dat": binary,
    "empty.txt": "",
    "large.bin": Buffer.alloc(LARGE_SIZE, crypto.getRandomValues(new Uint8Array(65521))),
    "notes.txt": "P is the control connection, Q is the data connection.\n",
    "two words.txt": "A name may contain spaces.\n",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(served, name), content);
  return Object.keys(files).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Returns the SHA-256 of a file, or the empty string if the file does not exist. */
export function hashFile(path: string): string {
  try {
    return Bun.CryptoHasher.hash("sha256", readFileSync(path), "hex");
  } catch {
    return "";
  }
}
