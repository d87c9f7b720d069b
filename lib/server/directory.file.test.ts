// The served directory and its open files stay the ones that were opened, and report a change of their content.

import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { Directory } from "./directory.ts";
import { ServedFile } from "./served-file.ts";
import { catchFailure, countDescriptors, Scratch, waitUntil } from "../testing/testing.ts";

/** A directory with one file. */
function fixture(content: string | Uint8Array = "inside"): Scratch {
  const scratch = new Scratch();
  scratch.file("a", content);
  return scratch;
}

describe("an open file", () => {
  test("has the size and the version that it had when it was opened", async () => {
    using scratch = fixture();
    using file = await new Directory(scratch.path).open("a");
    const { version } = file;
    expect(file.size).toBe(6);
    expect(version).toMatch(/^[\w.-]{1,64}$/);
    appendFileSync(scratch.at("a"), "more");
    expect([file.size, file.version]).toEqual([6, version]);
  }, 10_000);

  test("has the same version when it is opened again, and another one after a change", async () => {
    using scratch = fixture();
    const version = async () => {
      using file = await new Directory(scratch.path).open("a");
      return file.version;
    };
    const first = await version();
    expect(await version()).toBe(first);
    const versions = [first];
    const old = new Date(0);
    const changes = [
      () => appendFileSync(scratch.at("a"), "x"),
      () => utimesSync(scratch.at("a"), old, old),
      // The length and the time of the content are the same: only the change time differs.
      () => (writeFileSync(scratch.at("a"), "OTHER!!"), utimesSync(scratch.at("a"), old, old)),
      () => renameSync(scratch.file("b", "OTHER!!"), scratch.at("a")),
    ];
    for (const change of changes) {
      Bun.sleepSync(5); // the clock of some file systems ticks in such steps
      change();
      versions.push(await version());
    }
    expect(new Set(versions).size).toBe(5);
  }, 10_000);

  /** Opens `a`, changes it, and returns the code of the failure; 0 if it counts as unchanged. */
  async function change(scratch: Scratch, work: () => void): Promise<number> {
    utimesSync(scratch.at("a"), 1, 1); // whole seconds, so that a test can set exactly this time again
    using file = await new Directory(scratch.path).open("a");
    await file.assertUnchanged();
    Bun.sleepSync(5);
    work();
    return await file.assertUnchanged().then(
      () => 0,
      (error) => error.code,
    );
  }

  /** Large enough that only some of the bytes are compared. */
  const LARGE = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));
  const OTHER = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));

  test.each<[string, (path: string, at: (name: string) => string) => void]>([
    ["written to", (path) => writeFileSync(path, "X", { flag: "r+" })],
    ["shortened", (path) => truncateSync(path, 2)],
    ["emptied", (path) => truncateSync(path, 0)],
    ["written anew with the same length", (path) => writeFileSync(path, OTHER)],
    [
      "written anew, and its time set back",
      (path) => {
        writeFileSync(path, OTHER);
        utimesSync(path, 1, 1);
      },
    ],
    ["replaced in place by a copy", (path, at) => copyFileSync(at("other"), path)],
    [
      "written anew with more bytes",
      (path) => writeFileSync(path, Buffer.concat([OTHER, Buffer.from("more")])),
    ],
    [
      "written to at its start, and lengthened",
      (path) => {
        writeFileSync(path, "X", { flag: "r+" });
        appendFileSync(path, "more");
      },
    ],
    ["given other permissions", (path) => chmodSync(path, 0o600)],
  ])(
    "has changed if it was %s",
    async (_, work) => {
      using scratch = fixture(LARGE);
      scratch.file("other", OTHER);
      const at = (name: string) => scratch.at(name);
      expect(await change(scratch, () => work(at("a"), at))).toBe(450);
    },
    10_000,
  );

  test.each<[string, (path: string, at: (name: string) => string) => void]>([
    ["read", (path) => void readFileSync(path)],
    ["replaced under its name", (path, at) => renameSync(at("other"), path)],
    ["removed", (path) => rmSync(path)],
    ["given a second name", (path, at) => linkSync(path, at("second"))],
    ["lengthened, as a log is", (path) => appendFileSync(path, "more")],
  ])(
    "has not changed if it was %s",
    async (_, work) => {
      for (const content of [LARGE, ""]) {
        using scratch = fixture(content);
        scratch.file("other", OTHER);
        const at = (name: string) => scratch.at(name);
        expect(await change(scratch, () => work(at("a"), at))).toBe(0);
      }
    },
    10_000,
  );
});

describe("a directory", () => {
  test("that does not exist, is a file or cannot be read is refused with its name", async () => {
    using scratch = fixture();
    const missing = await catchFailure(() => new Directory(scratch.at("missing")));
    expect(missing).toMatchObject({ kind: "usage" });
    expect(missing.message).toContain(`missing" cannot be served: there is no such directory.`);
    expect((await catchFailure(() => new Directory(scratch.at("a")))).message).toContain(
      "not a directory",
    );
  }, 10_000);

  test("that is reached by a link is served, and stays the same when the link changes", async () => {
    using scratch = fixture();
    symlinkSync(scratch.path, scratch.at("link"));
    using directory = new Directory(scratch.at("link"));
    expect(directory.path).toBe(realpathSync(scratch.path));
    mkdirSync(scratch.at("other"));
    symlinkSync("other", scratch.at("new"));
    renameSync(scratch.at("new"), scratch.at("link"));
    using file = await directory.open("a");
    expect(file.size).toBe(6);
  }, 10_000);
});

/** By openat2(2), and as on a system without it. */
describe.skipIf(process.platform !== "linux").each([undefined, () => -1])(
  "a directory that is held",
  (openCached) => {
    function hold() {
      const scratch = new Scratch();
      const root = scratch.at("root");
      mkdirSync(root);
      writeFileSync(`${root}/a`, "inside");
      mkdirSync(scratch.at("secret"));
      writeFileSync(scratch.at("secret/canary"), "outside");
      const directory = new Directory(root, false, openCached);
      const dispose = () => (directory[Symbol.dispose](), scratch[Symbol.dispose]());
      return { scratch, root, directory, [Symbol.dispose]: dispose };
    }
    const list = async (directory: Directory) =>
      Buffer.from((await directory.list()).bytes).toString();

    test.each(["a link", "a directory"])(
      "is still served after %s has taken its name",
      async (kind) => {
        using it = hold();
        renameSync(it.root, it.scratch.at("old"));
        if (kind === "a link") symlinkSync("secret", it.root);
        else renameSync(it.scratch.at("secret"), it.root);
        expect(await list(it.directory)).toBe("a\n");
        using file = await it.directory.open("a");
        expect(readFileSync(file.fd, "utf8")).toBe("inside");
        expect(await catchFailure(it.directory.open("canary"))).toMatchObject({ code: 550 });
      },
      10_000,
    );

    test("says so after it was removed, instead of an empty listing", async () => {
      using it = hold();
      rmSync(it.root, { recursive: true });
      const removed = { code: 450, message: expect.stringContaining("was removed") };
      expect(await catchFailure(it.directory.list())).toMatchObject(removed);
      expect(await catchFailure(it.directory.open("a"))).toMatchObject(removed);
    }, 10_000);
  },
);

describe.skipIf(process.platform !== "linux")("files whose size is wrong", () => {
  test.each(["/proc", "/proc/sys/kernel", "/sys/kernel"])(
    "are not served: %s is refused",
    async (path) => {
      const failure = await catchFailure(() => new Directory(path));
      expect(failure).toMatchObject({ kind: "usage" });
      expect(failure.message).toContain("sizes are not known");
    },
    10_000,
  );

  test.each(["/proc/version", "/proc/sys/kernel/hostname", "/sys/kernel/uevent_seqnum"])(
    "are not served in another directory either, such as %s, mounted there",
    async (path) => {
      if (!existsSync(path)) return; // a container may hide it
      const read = (isLocal: boolean) =>
        catchFailure(ServedFile.read(openSync(path, "r"), "a", isLocal));
      await read(false); // starts threads, which keep their descriptors
      await Bun.sleep(20);
      for (const isLocal of [true, false]) {
        const before = countDescriptors();
        const failure = await read(isLocal);
        expect(failure).toMatchObject({ code: 550 });
        expect(failure.message).toContain("size of this file is not known");
        await waitUntil(() => countDescriptors() <= before, "the close");
      }
    },
    10_000,
  );
});
