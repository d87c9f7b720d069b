// The behaviour of ftpasswd: it adds, lists, verifies and removes users, and shows no password.

import { expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
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
