// The directory that the reference server serves: the current one.

import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";

const CONTROL_CHARACTER = /\p{Cc}/u;

/** Returns the text if the bytes are UTF-8 without control characters. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return CONTROL_CHARACTER.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Lists the regular files that a client can ask for, sorted by bytes. */
export async function listServedFiles(): Promise<string[]> {
  const found: Buffer[] = [];
  for (const name of await readdir(".", { encoding: "buffer" })) {
    const text = decodeText(name);
    if (text === undefined || text.startsWith(".")) continue;
    if ((await lstat(text)).isFile()) found.push(Buffer.from(name));
  }
  return found.sort(Buffer.compare).map((name) => name.toString());
}

/** Opens a regular file that lies in the directory itself. */
export async function openServedFile(name: string): Promise<FileHandle | undefined> {
  if (name === "" || name.startsWith(".") || name.includes("/")) return undefined;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(name, flags).catch(() => undefined);
  if (file && (await file.stat()).isFile()) return file;
  await file?.close();
  return undefined;
}
