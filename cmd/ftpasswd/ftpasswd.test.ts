// The behaviour of ftpasswd: it adds, lists, verifies and removes users, and shows no password.

import { expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { runProgram, TestServer } from "../testing/testing.ts";

const LIMIT = 30_000;

test(
  "a user is added, verified and removed, in a file that only its owner may read",
  async () => {
    await using server = new TestServer();
    const users = ["--users", server.getPath("users")];
    const addition = await runProgram("ftpasswd", ["add", "ada", ...users], { stdin: "s3cret\n" });
    expect(addition).toMatchObject({ exit: 0, stdout: "", stderr: "ada: added.\n" });
    expect(statSync(server.getPath("users")).mode & 0o777).toBe(0o600);
    expect(readFileSync(server.getPath("users"), "utf8")).toStartWith("ada:$argon2id$");
    expect((await runProgram("ftpasswd", ["list", ...users])).stdout).toBe("ada\n");
    const verify = (stdin: string) =>
      runProgram("ftpasswd", ["verify", "ada", ...users], { stdin });
    expect([(await verify("s3cret\n")).exit, (await verify("S3cret\n")).exit]).toEqual([0, 5]);
    expect((await runProgram("ftpasswd", ["remove", "ada", ...users])).exit).toBe(0);
    expect((await runProgram("ftpasswd", ["list", ...users])).stdout).toBe("");
  },
  LIMIT,
);

test(
  "a name that would look like another one is escaped in messages, and whole in a pipe",
  async () => {
    await using server = new TestServer();
    const users = ["--users", server.getPath("users")];
    const run = (action: string, stdin = "pw\n") =>
      runProgram("ftpasswd", [action, "a\u202eb", ...users], { stdin });
    expect((await run("add")).stderr).toBe("a\\u{202e}b: added.\n");
    expect((await runProgram("ftpasswd", ["list", ...users])).stdout).toBe("a\u202eb\n");
    expect((await run("verify")).stderr).toBe("a\\u{202e}b: the password is right.\n");
    expect((await run("verify", "no\n")).stderr).not.toContain("\u202e");
    expect((await run("remove")).stderr).toBe("a\\u{202e}b: removed.\n");
  },
  LIMIT,
);

test(
  "a password on the command line is refused, and not repeated",
  async () => {
    await using server = new TestServer();
    const users = ["--users", server.getPath("users")];
    const refusal = await runProgram("ftpasswd", ["add", "ada", "s3cret", ...users]);
    expect(refusal.exit).toBe(2);
    expect(refusal.stderr).toContain("Do not put a password on the command line");
    expect(refusal.stdout + refusal.stderr).not.toContain("s3cret");
  },
  LIMIT,
);

test.each([
  [["ad", "ada"], 'ACTION takes add, remove, list or verify, not "ad".'],
  [["add", "ada"], "--users FILE is missing."],
  [
    ["add", "ada", "--users", "users"],
    "The password is empty: type one, or write it to standard input.",
  ],
])(
  "the message about %j says what to do",
  async (words, sentence) => {
    const { exit, stderr } = await runProgram("ftpasswd", words, { stdin: "" });
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: `ftpasswd: ${sentence}\n` });
  },
  LIMIT,
);

test(
  "eight programs that add a user at one time add eight users",
  async () => {
    await using server = new TestServer();
    const users = ["--users", server.getPath("users")];
    const names = Array.from({ length: 8 }, (_, index) => `user${index}`);
    const add = (name: string) =>
      runProgram("ftpasswd", ["add", name, ...users], { stdin: "pw\n" });
    const results = await Promise.all(names.map(add));
    expect(results.map(({ stderr }) => stderr)).toEqual(names.map((name) => `${name}: added.\n`));
    const { stdout } = await runProgram("ftpasswd", ["list", ...users]);
    expect(stdout.trim().split("\n").toSorted()).toEqual(names);
  },
  LIMIT,
);

test.each([
  ["CR LF", "s3cret\r\n"],
  ["a byte order mark", "\ufeffs3cret\n"],
  ["neither", "s3cret"],
])(
  "a password on standard input with %s is the same password",
  async (_, stdin) => {
    await using server = new TestServer();
    const users = ["--users", server.getPath("users")];
    await runProgram("ftpasswd", ["add", "ada", ...users], { stdin });
    const verify = await runProgram("ftpasswd", ["verify", "ada", ...users], { stdin: "s3cret\n" });
    expect(verify).toMatchObject({ exit: 0, stderr: "ada: the password is right.\n" });
  },
  LIMIT,
);

test.skipIf(!Bun.which("strace"))(
  "file and directory are on the disk before the change is told (skipped without strace)",
  async () => {
    await using server = new TestServer();
    const trace = server.getPath("trace");
    const program = [process.execPath, join(import.meta.dir, "../ftpasswd.ts")];
    const calls = ["strace", "-f", "-qq", "-e", "trace=fsync,rename,write", "-o", trace];
    const args = ["add", "ada", "--users", server.getPath("users")];
    const env = { PATH: Bun.env["PATH"] ?? "" };
    const stdin = new Blob(["pw\n"]);
    const child = Bun.spawn([...calls, ...program, ...args], { env, stdin, timeout: LIMIT / 2 });
    expect(await child.exited).toBe(0);
    const order = readFileSync(trace, "utf8").match(/fsync\(|rename\(|argon2id|ada: added/g);
    expect(order).toEqual(["argon2id", "fsync(", "rename(", "fsync(", "ada: added"]);
  },
  LIMIT,
);
