// ftclient as its user meets it: exit status, standard output and standard error, to the letter.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { run, Site } from "../testing/testing.ts";

const LIMIT = 20_000;
const LARGE = 3_000_000;

let site: Site;

beforeAll(async () => {
  site = new Site();
  for (const name of ["root", "here"]) mkdirSync(site.at(name));
  site.file("root/notes.txt", "hello\n");
  site.file("root/two words.txt", "words\n");
  site.file("root/large.bin", Buffer.alloc(LARGE, "0123456789"));
  await site.serve();
}, LIMIT);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
}, LIMIT);

/** Runs ftclient in a fresh directory of the site. */
async function client(...args: string[]) {
  const cwd = site.at(`here/${crypto.randomUUID()}`);
  mkdirSync(cwd);
  const run_ = (...more: string[]) => run("ftclient", more, { cwd });
  return { cwd, again: run_, ...(await run_(...args)) };
}

test(
  "a list is names on standard output and nothing else",
  async () => {
    const { exit, stdout, stderr } = await client(...site.target, "-l");
    expect({ exit, stdout, stderr }).toEqual({
      exit: 0,
      stdout: "large.bin\nnotes.txt\ntwo words.txt\n",
      stderr: "",
    });
  },
  LIMIT,
);

test(
  "a file is saved, said to be complete, and no part file stays",
  async () => {
    const { cwd, exit, stdout, stderr } = await client(...site.target, "-g", "two words.txt");
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: "" });
    expect(stderr).toMatch(/^two words\.txt: transfer complete, 6 B in [0-9.]+ s \(.*\/s\)\n$/);
    expect(readdirSync(cwd)).toEqual(["two words.txt"]);
  },
  LIMIT,
);

test(
  "a duplicate is refused, renamed or replaced as the user says",
  async () => {
    const { cwd, again } = await client(...site.target, "-g", "notes.txt", "-q");
    await Bun.write(`${cwd}/notes.txt`, "mine");
    const refused = await again(...site.target, "-g", "notes.txt");
    expect(refused.exit).toBe(7);
    expect(refused.stderr).toStartWith('ftclient: "notes.txt" exists already');
    expect(readFileSync(`${cwd}/notes.txt`, "utf8")).toBe("mine");
    expect((await again(...site.target, "-g", "notes.txt", "--on-duplicate", "rename")).exit).toBe(
      0,
    );
    expect(readFileSync(`${cwd}/notes.1.txt`, "utf8")).toBe("hello\n");
    expect(
      (await again(...site.target, "-g", "notes.txt", "--on-duplicate", "overwrite", "-q")).stderr,
    ).toBe("");
    expect(readFileSync(`${cwd}/notes.txt`, "utf8")).toBe("hello\n");
  },
  LIMIT,
);

test(
  "--on-duplicate ask without a terminal means refuse, whatever standard input says",
  async () => {
    const { cwd } = await client(...site.target, "-g", "notes.txt", "-q");
    const args = [...site.target, "-g", "notes.txt", "--on-duplicate", "ask"];
    const asked = await run("ftclient", args, { cwd, stdin: "o\n" });
    expect(asked.exit).toBe(7);
  },
  LIMIT,
);

test(
  "a file that the server does not have: its words, status 6, and nothing saved",
  async () => {
    const { cwd, exit, stdout, stderr } = await client(...site.target, "-g", "none.txt", "--json");
    expect({ exit, stderr }).toEqual({ exit: 6, stderr: "ftclient: File not found: none.txt\n" });
    expect(JSON.parse(stdout)).toEqual({ ok: false, error: "File not found: none.txt", exit: 6 });
    expect(readdirSync(cwd)).toEqual([]);
  },
  LIMIT,
);

test(
  "--json tells of a file and of a list in one object",
  async () => {
    const { stdout, again } = await client(...site.target, "-g", "notes.txt", "--json", "--verify");
    const sha256 = Bun.CryptoHasher.hash("sha256", "hello\n", "hex");
    const whole = {
      ok: true,
      command: "get",
      file: "notes.txt",
      saved: "notes.txt",
      bytes: 6,
      received: 6,
      sha256,
    };
    expect(JSON.parse(stdout)).toMatchObject(whole);
    const { stdout: listed } = await again(...site.target, "-l", "--json");
    expect(JSON.parse(listed)).toEqual({
      ok: true,
      command: "list",
      files: ["large.bin", "notes.txt", "two words.txt"],
    });
  },
  LIMIT,
);

test(
  "a name of any characters comes whole through a pipe and through JSON, and can be fetched",
  async () => {
    await using at = new Site();
    mkdirSync(at.at("root"));
    const names = [
      'quo"te',
      "back\\slash",
      "rtl\u202efdp.exe",
      "ünï 漢字 😀",
      " b ",
      "$(id)",
      "-l",
    ];
    for (const name of names) at.file(`root/${name}`, name);
    for (const name of ["esc\u001b[2J", "two\nlines", "del\u007f"]) at.file(`root/${name}`, "x");
    await at.serve();
    const plain = await run("ftclient", [...at.target, "-l"]);
    const listed = plain.stdout.split("\n").slice(0, -1);
    expect(listed.toSorted()).toEqual(names.toSorted());
    const json = await run("ftclient", [...at.target, "-l", "--json"]);
    expect(JSON.parse(json.stdout)).toEqual({ ok: true, command: "list", files: listed });
    for (const name of names) {
      const got = await run("ftclient", [...at.target, "-g", name, "-o", "-"]);
      expect(got.stdout).toBe(name);
      // U+202E is shown by its code: it would make the name look like another.
      expect(got.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    }
  },
  LIMIT,
);

test(
  "-o - is the file on standard output; -o /dev/null leaves nothing behind; -o /dev/full is a full disk",
  async () => {
    const { stdout, cwd, again } = await client(...site.target, "-g", "large.bin", "-o", "-");
    expect(stdout.length).toBe(LARGE);
    expect((await again(...site.target, "-g", "large.bin", "-o", "/dev/null", "-q")).exit).toBe(0);
    const full = await again(...site.target, "-g", "large.bin", "-o", "/dev/full");
    expect({ exit: full.exit, stderr: full.stderr }).toEqual({
      exit: 7,
      stderr: 'ftclient: Cannot write "/dev/full": the disk is full.\n',
    });
    expect(readdirSync(cwd)).toEqual([]);
  },
  LIMIT,
);

test(
  "a directory that is not there, a name that is too long, a host without a name, a port without a server",
  async () => {
    const { again } = await client(...site.target, "-l");
    const long = await again(...site.target, "-g", "notes.txt", "-o", "x".repeat(256));
    expect(long.exit).toBe(7);
    expect(long.stderr).toEndWith(": the name is too long for this file system.\n");
    expect((await again(...site.target, "-g", "notes.txt", "-o", "none/x")).exit).toBe(7);
    expect((await again("no-such-host.invalid", "30021", "-l")).exit).toBe(3);
    expect((await again("127.0.0.1", "1", "-l")).exit).toBe(3);
  },
  LIMIT,
);

test(
  "the part that a crash left is gone on with, and the whole has the right bytes",
  async () => {
    const { cwd, again } = await client(...site.target, "-l");
    const version = /version=(\S+)/.exec(await firstReply())?.[1] ?? "";
    await Bun.write(`${cwd}/.large.bin.ftpart`, Buffer.alloc(1_000_000, "0123456789"));
    await Bun.write(`${cwd}/.large.bin.ftpart.version`, version);
    const { stdout } = await again(...site.target, "-g", "large.bin", "--json", "--verify");
    expect(JSON.parse(stdout)).toMatchObject({ bytes: LARGE, received: LARGE - 1_000_000 });
    expect(existsSync(`${cwd}/.large.bin.ftpart`)).toBe(false);
  },
  LIMIT,
);

/** The `150` of large.bin, asked for without taking the file. */
async function firstReply(): Promise<string> {
  const { dial, listen } = await import("../../lib/net/socket.ts");
  using q = listen({ address: "127.0.0.1", port: 0 }, () => {});
  await using p = await dial({ address: "127.0.0.1", port: site.port }, LIMIT);
  await p.write(`-g large.bin ${q.port}\n`, LIMIT);
  return String(await p.read(LIMIT));
}
