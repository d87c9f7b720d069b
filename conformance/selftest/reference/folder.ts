// The served directory: which names it shows, and which it opens.

import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";

const CONTROL = /\p{Cc}/u;

/** Text where the bytes are UTF-8 without control characters. */
export function plainText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The regular files that can be asked for, sorted by bytes. */
export async function names(root: string): Promise<string[]> {
  const found: Buffer[] = [];
  for (const name of await readdir(root, { encoding: "buffer" })) {
    const text = plainText(name);
    if (text === undefined || text.startsWith(".")) continue;
    if ((await lstat(join(root, text))).isFile()) found.push(Buffer.from(name));
  }
  return found.sort(Buffer.compare).map((name) => name.toString());
}

/** Opens a file of the directory itself, and nothing else. */
export async function openFile(root: string, name: string): Promise<FileHandle | undefined> {
  if (name === "" || name.startsWith(".") || name.includes("/")) return undefined;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(root, name), flags).catch(() => undefined);
  if (file && (await file.stat()).isFile()) return file;
  await file?.close();
  return undefined;
}
