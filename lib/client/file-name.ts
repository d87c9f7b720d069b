// The names that a saved file can have: the one that was asked for, and its numbered ones.

/** How many names `rename` tries: more copies of one file are a mistake. */
export const MAX_NAMES = 10_000;

/**
 * A name of more bytes than this does not become longer by a number. The shortest limit in common use is 143 bytes
 * (eCryptfs), so that a shorter name has room for a number on every file system.
 */
const LONG_NAME = 130;

/** `path`, and then its numbered names. */
export function* listNames(path: string): Generator<string, undefined> {
  for (let count = 0; count < MAX_NAMES; count++) yield addNumber(path, count);
}

/** `notes.txt`, `notes.1.txt`, `notes.2.txt`: the ending stays, since programs know the type of a file by it. */
function addNumber(path: string, count: number): string {
  if (count === 0) return path;
  const { directory, name } = splitPath(path);
  const ending = /[^.]+(\.[^.]*)$/.exec(name)?.[1] ?? "";
  const numbered = `.${count}${ending}`;
  const stem = name.slice(0, name.length - ending.length);
  const length = Buffer.byteLength(name);
  const room = length > LONG_NAME ? length - Buffer.byteLength(numbered) : length;
  return `${directory}${cutText(stem, room)}${numbered}`;
}

/** Cuts the text to at most `bytes` bytes of UTF-8, between characters. */
function cutText(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  return new TextDecoder().decode(whole.subarray(0, Math.max(0, bytes)), { stream: true });
}

/** The directory with its slash, empty for the current one, and the name in it. `node:path` takes a millisecond to load. */
export function splitPath(path: string): { readonly directory: string; readonly name: string } {
  const slash = path.lastIndexOf("/") + 1;
  return { directory: path.slice(0, slash), name: path.slice(slash) };
}
