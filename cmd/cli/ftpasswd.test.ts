// ftpasswd as its users meet it: users added, listed, verified and removed, and a secret that is shown nowhere.

import { expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { run, Site } from "../testing/testing.ts";

const LIMIT = 30_000;

test(
  "a user comes and goes, in a file that is the owner's alone",
  async () => {
    await using at = new Site();
    const users = ["--users", at.at("users")];
    const added = await run("ftpasswd", ["add", "ada", ...users], { stdin: "s3cret\n" });
    expect(added).toMatchObject({ exit: 0, stdout: "", stderr: "ada: added.\n" });
    expect(statSync(at.at("users")).mode & 0o777).toBe(0o600);
    expect(readFileSync(at.at("users"), "utf8")).toStartWith("ada:$argon2id$");
    expect((await run("ftpasswd", ["list", ...users])).stdout).toBe("ada\n");
    const verify = (stdin: string) => run("ftpasswd", ["verify", "ada", ...users], { stdin });
    expect([(await verify("s3cret\n")).exit, (await verify("S3cret\n")).exit]).toEqual([0, 5]);
    expect((await run("ftpasswd", ["remove", "ada", ...users])).exit).toBe(0);
    expect((await run("ftpasswd", ["list", ...users])).stdout).toBe("");
  },
  LIMIT,
);

test(
  "a password among the arguments is refused, and not repeated",
  async () => {
    await using at = new Site();
    const users = ["--users", at.at("users")];
    const refused = await run("ftpasswd", ["add", "ada", "s3cret", ...users]);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain("A password is not given here");
    expect(refused.stdout + refused.stderr).not.toContain("s3cret");
  },
  LIMIT,
);
