// The behaviour of ftclient: its exact exit status, standard output and standard error.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { runProgram, TestServer } from "../testing/testing.ts";

const LIMIT = 20_000;
const LARGE_SIZE = 3_000_000;

let server: TestServer;

beforeAll(async () => {
  server = new TestServer();
  server.createDirectory("here");
  server.createFile("root/notes.txt", "hello\n");
  server.createFile("root/two words.txt", "words\n");
  server.createFile("root/large.bin", Buffer.alloc(LARGE_SIZE, "0123456789"));
  await server.start();
}, LIMIT);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
}, LIMIT);

/** Runs ftclient in a new directory. `again` runs it there once more. */
async function runClient(...args: string[]) {
  const cwd = server.createDirectory(`here/${crypto.randomUUID()}`);
  const again = (...more: string[]) => runProgram("ftclient", more, { cwd });
  return { cwd, again, ...(await again(...args)) };
}

test(
  "a list is printed on standard output, one name a line, and nothing else is printed",
  async () => {
    const { exit, stdout, stderr } = await runClient(...server.endpoint, "-l");
    expect({ exit, stdout, stderr }).toEqual({
      exit: 0,
      stdout: "large.bin\nnotes.txt\ntwo words.txt\n",
      stderr: "",
    });
  },
  LIMIT,
);

test(
  "a file is saved and reported as complete, and no part file is left",
  async () => {
    const { cwd, exit, stdout, stderr } = await runClient(
      ...server.endpoint,
      "-g",
      "two words.txt",
    );
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: "" });
    expect(stderr).toMatch(/^two words\.txt: transfer complete, 6 B in [0-9.]+ s \(.*\/s\)\n$/);
    expect(readdirSync(cwd)).toEqual(["two words.txt"]);
  },
  LIMIT,
);

test(
  "--output with a directory saves the file in it under its name, by the same policy for duplicates",
  async () => {
    const { cwd, again } = await runClient(...server.endpoint, "-l");
    mkdirSync(`${cwd}/there`);
    symlinkSync("there", `${cwd}/link`);
    const get = (...more: string[]) =>
      again(...server.endpoint, "-g", "notes.txt", ...more, "--on-duplicate", "rename");
    for (const output of ["there", "there/", "link", "there/.", "there/.."])
      expect(await get("-o", output)).toMatchObject({ exit: 0 });
    expect(readdirSync(`${cwd}/there`).sort()).toEqual([
      ...["notes.1.txt", "notes.2.txt", "notes.3.txt", "notes.txt"],
    ]);
    expect(readdirSync(cwd).sort()).toEqual(["link", "notes.txt", "there"]);
    expect(await get("-o", "none/")).toMatchObject({
      exit: 7,
      stderr: 'ftclient: --output names a directory that does not exist: "none/".\n',
    });
    for (const name of ["..", "../notes.txt"])
      expect(await again(...server.endpoint, "-g", name, "-o", "there")).toMatchObject({ exit: 2 });
  },
  LIMIT,
);

test(
  "a file whose name is - is saved, and does not go to standard output",
  async () => {
    await using other = new TestServer();
    other.createFile("root/-", "dash\n");
    await other.start();
    const { cwd, exit, stdout } = await runClient(...other.endpoint, "-g", "-");
    expect({ exit, stdout, names: readdirSync(cwd) }).toEqual({
      exit: 0,
      stdout: "",
      names: ["-"],
    });
  },
  LIMIT,
);

test(
  "a duplicate is refused, renamed or overwritten, as --on-duplicate says",
  async () => {
    const { cwd, again } = await runClient(...server.endpoint, "-g", "notes.txt", "-q");
    await Bun.write(`${cwd}/notes.txt`, "mine");
    const refusal = await again(...server.endpoint, "-g", "notes.txt");
    expect(refusal.exit).toBe(7);
    expect(refusal.stderr).toStartWith('ftclient: "notes.txt" exists already');
    expect(readFileSync(`${cwd}/notes.txt`, "utf8")).toBe("mine");
    expect(
      (await again(...server.endpoint, "-g", "notes.txt", "--on-duplicate", "rename")).exit,
    ).toBe(0);
    expect(readFileSync(`${cwd}/notes.1.txt`, "utf8")).toBe("hello\n");
    expect(
      (await again(...server.endpoint, "-g", "notes.txt", "--on-duplicate", "overwrite", "-q"))
        .stderr,
    ).toBe("");
    expect(readFileSync(`${cwd}/notes.txt`, "utf8")).toBe("hello\n");
  },
  LIMIT,
);

test(
  "--on-duplicate ask without a terminal means refuse, even if standard input has an answer",
  async () => {
    const { cwd } = await runClient(...server.endpoint, "-g", "notes.txt", "-q");
    const args = [...server.endpoint, "-g", "notes.txt", "--on-duplicate", "ask"];
    const result = await runProgram("ftclient", args, { cwd, stdin: "o\n" });
    expect(result.exit).toBe(7);
  },
  LIMIT,
);

test(
  "a file that the server does not have: its message, exit status 6, and nothing is saved",
  async () => {
    const { cwd, exit, stdout, stderr } = await runClient(
      ...server.endpoint,
      "-g",
      "none.txt",
      "--json",
    );
    expect({ exit, stderr }).toEqual({ exit: 6, stderr: "ftclient: File not found: none.txt\n" });
    expect(JSON.parse(stdout)).toEqual({
      ...{ ok: false, kind: "refused", error: "File not found: none.txt", exit: 6 },
    });
    expect(readdirSync(cwd)).toEqual([]);
  },
  LIMIT,
);

test(
  "--json prints one object for a file and for a list",
  async () => {
    const { stdout, again } = await runClient(
      ...server.endpoint,
      "-g",
      "notes.txt",
      "--json",
      "--verify",
    );
    const sha256 = Bun.CryptoHasher.hash("sha256", "hello\n", "hex");
    const expected = {
      ok: true,
      command: "get",
      file: "notes.txt",
      saved: "notes.txt",
      bytes: 6,
      received: 6,
      sha256,
    };
    expect(JSON.parse(stdout)).toMatchObject(expected);
    const { stdout: listing } = await again(...server.endpoint, "-l", "--json");
    expect(JSON.parse(listing)).toEqual({
      ok: true,
      command: "list",
      files: ["large.bin", "notes.txt", "two words.txt"],
    });
  },
  LIMIT,
);

test(
  "a name with any characters is complete in a pipe and in JSON, and can be fetched",
  async () => {
    await using other = new TestServer();
    const names = [
      'quo"te',
      "back\\slash",
      "rtl\u202efdp.exe",
      "ünï 漢字 😀",
      " b ",
      "$(id)",
      "-l",
    ];
    for (const name of names) other.createFile(`root/${name}`, name);
    for (const name of ["esc\u001b[2J", "two\nlines", "del\u007f"])
      other.createFile(`root/${name}`, "x");
    await other.start();
    const plain = await runProgram("ftclient", [...other.endpoint, "-l"]);
    const listing = plain.stdout.split("\n").slice(0, -1);
    expect(listing.toSorted()).toEqual(names.toSorted());
    const json = await runProgram("ftclient", [...other.endpoint, "-l", "--json"]);
    expect(JSON.parse(json.stdout)).toEqual({ ok: true, command: "list", files: listing });
    for (const name of names) {
      const result = await runProgram("ftclient", [...other.endpoint, "-g", name, "-o", "-"]);
      expect(result.stdout).toBe(name);
      // U+202E is shown as its code, because it would make the name look like another.
      expect(result.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    }
  },
  LIMIT,
);

test(
  "-o - prints the file on standard output; -o /dev/null saves nothing; -o /dev/full is a full disk",
  async () => {
    const { stdout, cwd, again } = await runClient(
      ...server.endpoint,
      "-g",
      "large.bin",
      "-o",
      "-",
    );
    expect(stdout.length).toBe(LARGE_SIZE);
    expect((await again(...server.endpoint, "-g", "large.bin", "-o", "/dev/null", "-q")).exit).toBe(
      0,
    );
    const full = await again(...server.endpoint, "-g", "large.bin", "-o", "/dev/full");
    expect({ exit: full.exit, stderr: full.stderr }).toEqual({
      exit: 7,
      stderr: 'ftclient: Cannot write "/dev/full": the disk is full.\n',
    });
    expect(readdirSync(cwd)).toEqual([]);
  },
  LIMIT,
);

test(
  "a missing directory, a name that is too long, an unknown host, and a port without a server have their exit statuses",
  async () => {
    const { again } = await runClient(...server.endpoint, "-l");
    const long = await again(...server.endpoint, "-g", "notes.txt", "-o", "x".repeat(256));
    expect(long.exit).toBe(7);
    expect(long.stderr).toEndWith(": the name is too long for this file system.\n");
    expect((await again(...server.endpoint, "-g", "notes.txt", "-o", "none/x")).exit).toBe(7);
    expect((await again("no-such-host.invalid", "30021", "-l")).exit).toBe(3);
    expect((await again("127.0.0.1", "1", "-l")).exit).toBe(3);
  },
  LIMIT,
);

test(
  "a transfer continues the part file of a crash, and the complete file has the right bytes",
  async () => {
    const { cwd, again } = await runClient(...server.endpoint, "-l");
    const version = /version=(\S+)/.exec(await readFirstReply())?.[1] ?? "";
    await Bun.write(`${cwd}/.large.bin.ftpart`, Buffer.alloc(1_000_000, "0123456789"));
    await Bun.write(`${cwd}/.large.bin.ftpart.version`, version);
    const { stdout } = await again(...server.endpoint, "-g", "large.bin", "--json", "--verify");
    expect(JSON.parse(stdout)).toMatchObject({
      bytes: LARGE_SIZE,
      received: LARGE_SIZE - 1_000_000,
    });
    expect(existsSync(`${cwd}/.large.bin.ftpart`)).toBe(false);
  },
  LIMIT,
);

/** Returns the `150` of large.bin, without reading the file. */
async function readFirstReply(): Promise<string> {
  const { dial, listen } = await import("../../lib/net/socket.ts");
  using q = listen({ address: "127.0.0.1", port: 0 }, () => {});
  await using p = await dial({ address: "127.0.0.1", port: server.port }, LIMIT);
  await p.write(`-g large.bin ${q.port}\n`, LIMIT);
  return String(await p.read(LIMIT));
}
