// The user file: what is valid, what is refused, and that a change is noticed.

import { expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { Scratch } from "../testing/testing.ts";
import {
  formatUsers,
  HASH_COST,
  findNameFault,
  findPasswordFault,
  readUsers,
  UserStore,
} from "./users.ts";

const LIMIT = 10_000;

/** A user file in a directory of its own; disposing of it removes both. */
class UserFile implements Disposable {
  readonly #scratch = new Scratch();
  readonly path = this.#scratch.at("users");

  write(text: string | Uint8Array, mode = 0o600): this {
    this.#scratch.file("users", text);
    chmodSync(this.path, mode);
    return this;
  }

  [Symbol.dispose](): void {
    this.#scratch[Symbol.dispose]();
  }
}

const hash = await Bun.password.hash("secret", HASH_COST);

test(
  "users that were formatted are read back",
  () => {
    using file = new UserFile();
    const users = new Map([
      ["ada", hash],
      ["bob b", hash],
    ]);
    expect(readUsers(file.write(formatUsers(users)).path)).toEqual(users);
  },
  LIMIT,
);

test.each([
  ["CR LF", (text: string) => text.replaceAll("\n", "\r\n")],
  ["a byte order mark", (text: string) => `\ufeff${text}`],
  ["both", (text: string) => `\ufeff${text.replaceAll("\n", "\r\n")}`],
  ["UTF-16", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
])(
  "a file with %s is read",
  (_, edit) => {
    using file = new UserFile();
    file.write(edit(`ada:${hash}\nbob:${hash}\n`));
    expect([...readUsers(file.path)]).toEqual([
      ["ada", hash],
      ["bob", hash],
    ]);
  },
  LIMIT,
);

test(
  "a pipe in its place is refused, and not waited for",
  () => {
    using file = new UserFile();
    Bun.spawnSync(["mkfifo", "-m", "600", file.path]);
    expect(() => new UserStore(file.path)).toThrow("is not a regular file");
  },
  LIMIT,
);

test.each([0o640, 0o604, 0o620, 0o666])(
  "a file of mode %o is refused",
  (mode) => {
    using file = new UserFile();
    file.write(`ada:${hash}\n`, mode);
    expect(() => new UserStore(file.path)).toThrow("open to others: chmod 600");
  },
  LIMIT,
);

test.each([
  ["ada", "Line 2 .* no colon"],
  [":x", "Line 2 .* 1 to 64 characters"],
  ["ada:$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "Line 2 .* not one of ftpasswd's"],
  ["ada:plain", "Line 2 .* not one of ftpasswd's"],
])(
  "the failure for a damaged line names it: %s",
  (line, message) => {
    using file = new UserFile();
    file.write(`bob:${hash}\n${line}\n`);
    expect(() => new UserStore(file.path)).toThrow(new RegExp(message));
  },
  LIMIT,
);

test(
  "the failure for a missing file says how to make it",
  () => {
    using file = new UserFile();
    expect(() => new UserStore(file.path)).toThrow("ftpasswd add makes it");
  },
  LIMIT,
);

test(
  "a change of the file is noticed at the next login, also a damage",
  () => {
    using file = new UserFile();
    const store = new UserStore(file.write(`ada:${hash}\n`).path);
    expect([store.findHash("ada"), store.findHash("bob")]).toEqual([hash, undefined]);
    file.write(`bob:${hash}\nada:${hash}\n`);
    expect(store.findHash("bob")).toBe(hash);
    file.write(`bob:${hash}\n`, 0o644);
    expect(() => store.findHash("bob")).toThrow("open to others");
  },
  LIMIT,
);

test.each(["", "a:b", "a\nb", "a\u0000", " a", "a ", "x".repeat(65)])("not a name: %j", (name) => {
  expect(findNameFault(name)).toBeString();
});

test.each(["", "a\nb", "a\rb", "a\u0000b", "x".repeat(1025)])("not a password: %j", (password) => {
  expect(findPasswordFault(password)).toBeString();
});

test("names and passwords with spaces and letters of any script are valid", () => {
  expect([findNameFault("Ada Lovelace"), findPasswordFault(" pass wörd ")]).toEqual([
    undefined,
    undefined,
  ]);
});
