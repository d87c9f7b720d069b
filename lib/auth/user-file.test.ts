// A change of the user file: owner and mode stay, nobody's file is in danger, and a failure leaves the old one.

import { expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tryLock } from "../sys/libc.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";
import { updateUsers } from "./user-file.ts";
import { HASH_COST, readUsers } from "./users.ts";

const LIMIT = 10_000;
const hash = await Bun.password.hash("secret", HASH_COST);
const addUser = (name: string) => (users: Map<string, string>) => void users.set(name, hash);
const isRoot = process.getuid?.() === 0;

/** A directory with a user file that has one user, ada. */
function createUsers(mode = 0o600) {
  const scratch = new Scratch();
  const path = scratch.file("users", `ada:${hash}\n`);
  chmodSync(path, mode);
  return { scratch, path, [Symbol.dispose]: () => scratch[Symbol.dispose]() };
}

test(
  "a new file may be read by its owner only, and a missing one is created only if that was asked for",
  async () => {
    using scratch = new Scratch();
    const path = scratch.at("users");
    const failure = await catchFailure(updateUsers(path, addUser("ada")));
    expect(failure.message).toContain("there is no such file");
    expect(readdirSync(scratch.path)).toEqual([]);
    await updateUsers(path, addUser("ada"), true);
    expect([...readUsers(path).keys()]).toEqual(["ada"]);
    expect(statSync(path).mode & 0o7777).toBe(0o600);
    expect(readdirSync(scratch.path)).toEqual(["users"]);
  },
  LIMIT,
);

test.each([0o600, 0o400])(
  "the mode %o stays",
  async (mode) => {
    using at = createUsers(mode);
    await updateUsers(at.path, addUser("bob"));
    expect(statSync(at.path).mode & 0o7777).toBe(mode);
    expect([...readUsers(at.path).keys()]).toEqual(["ada", "bob"]);
  },
  LIMIT,
);

test.skipIf(!isRoot)(
  "the owner stays if root changes the file (skipped without root)",
  async () => {
    using at = createUsers();
    chownSync(at.path, 65_534, 65_533);
    await updateUsers(at.path, addUser("bob"));
    const { uid, gid } = statSync(at.path);
    expect([uid, gid]).toEqual([65_534, 65_533]);
  },
  LIMIT,
);

test.skipIf(!isRoot)(
  "root does not take a file that a stranger has put into a shared directory (skipped without root)",
  async () => {
    using at = createUsers();
    chmodSync(at.scratch.path, 0o1777);
    await updateUsers(at.path, addUser("bob"));
    chownSync(at.path, 65_534, 65_534);
    const failure = await catchFailure(updateUsers(at.path, addUser("eve"), true));
    expect(failure.message).toContain("belongs to another user, in a directory where everyone");
    expect([...readFileSync(at.path, "utf8").matchAll(/^\w+/gm)].join()).toBe("ada,bob");
  },
  LIMIT,
);

test.skipIf(!tryLock)(
  "a change waits for another program's, and is made to the file that the other one leaves (skipped without flock)",
  async () => {
    using at = createUsers();
    const other = openSync(at.path, "r");
    expect(tryLock?.(other)).toBe(true);
    let hasEnded = false;
    const change = updateUsers(at.path, addUser("cyd")).then(() => (hasEnded = true));
    await Bun.sleep(50);
    expect(hasEnded).toBe(false);
    const next = at.scratch.file("next", `ada:${hash}\nbob:${hash}\n`);
    chmodSync(next, 0o600);
    renameSync(next, at.path);
    closeSync(other);
    await change;
    expect([...readUsers(at.path).keys()]).toEqual(["ada", "bob", "cyd"]);
  },
  LIMIT,
);

test(
  "a link is not followed and not replaced: it could lead to any file",
  async () => {
    using at = createUsers();
    const link = at.scratch.at("link");
    symlinkSync(at.path, link);
    const failure = await catchFailure(updateUsers(link, addUser("bob")));
    expect(failure).toMatchObject({ kind: "local" });
    expect(failure.message).toContain("is a symbolic link");
    expect(readFileSync(at.path, "utf8")).toBe(`ada:${hash}\n`);
    symlinkSync(at.scratch.at("nothing"), at.scratch.at("dangling"));
    await catchFailure(updateUsers(at.scratch.at("dangling"), addUser("bob"), true));
    expect(readdirSync(at.scratch.path).toSorted()).toEqual(["dangling", "link", "users"]);
  },
  LIMIT,
);

test(
  "if the change fails, or the file is no user file, nothing is written",
  async () => {
    using at = createUsers();
    const inode = statSync(at.path).ino;
    const fail = () => {
      throw new Error("no");
    };
    expect((await catchFailure(updateUsers(at.path, fail))).message).toBe("no");
    expect(statSync(at.path).ino).toBe(inode);
    const directory = at.scratch.at("directory");
    mkdirSync(directory);
    expect(await catchFailure(updateUsers(directory, addUser("bob"), true))).toMatchObject({
      kind: "local",
    });
    Bun.spawnSync(["mkfifo", "-m", "600", at.scratch.at("pipe")]);
    expect(
      (await catchFailure(updateUsers(at.scratch.at("pipe"), addUser("bob"), true))).message,
    ).toContain("is not a regular file");
    expect(readdirSync(at.scratch.path).toSorted()).toEqual(["directory", "pipe", "users"]);
  },
  LIMIT,
);

test(
  "a change that fails leaves no new file, and an empty one of somebody else stays",
  async () => {
    using scratch = new Scratch();
    const refuse = () => {
      throw new Error("no");
    };
    await catchFailure(updateUsers(scratch.at("users"), refuse, true));
    expect(readdirSync(scratch.path)).toEqual([]);
    await catchFailure(updateUsers(scratch.file("users", ""), refuse, true));
    expect(readdirSync(scratch.path)).toEqual(["users"]);
  },
  LIMIT,
);
