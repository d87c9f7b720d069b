// ~/.netrc as ftp(1) and curl read it.

import { expect, test } from "bun:test";
import { runProgram, TestServer } from "../testing/testing.ts";
import { findPassword } from "./netrc.ts";

const text = `# a comment with machine example.org login ada password nope
machine example.org login ada password one
machine example.org
  password "two words"
  login bob
machine other.example account x password three
macdef init
machine example.org login eve password hidden

default login ada password last
`;

test.each([
  ["example.org", "ada", "one"],
  ["example.org", "bob", "two words"],
  ["other.example", "anyone", "three"],
  ["unknown.example", "ada", "last"],
  ["example.org", "eve", undefined],
  ["unknown.example", "bob", undefined],
])("the entry for host %s and user %s has the password %p", (host, name, password) => {
  expect(findPassword(text, host, name)).toBe(password);
});

test("a file may end in the middle of an entry", () => {
  expect(findPassword("machine example.org login ada password", "example.org", "ada")).toBe("");
  expect(findPassword("machine", "example.org", "ada")).toBeUndefined();
});

test("a byte order mark, CR LF and capitals in the host make no difference", () => {
  const windows = `\ufeff${text.replaceAll("\n", "\r\n")}`;
  expect(findPassword(windows, "example.org", "ada")).toBe("one");
  expect(findPassword(windows, "EXAMPLE.org", "bob")).toBe("two words");
  expect(findPassword(windows, "example.org", "eve")).toBeUndefined();
  expect(findPassword(windows, "unknown.example", "ada")).toBe("last");
});

test.each(["", ".", "here"])(
  "a .netrc of the current directory is not used if HOME is %j",
  async (home) => {
    await using files = new TestServer();
    files.createDirectory("here");
    for (const path of [".netrc", "here/.netrc"])
      files.createFile(path, "default login ada password stolen\n");
    // It ends before it connects: there is no password.
    const args = [...files.endpoint, "-l", "--user", "ada"];
    const result = await runProgram("ftclient", args, {
      cwd: files.getPath(""),
      env: { HOME: home },
    });
    expect(result).toMatchObject({ exit: 5, stdout: "" });
    expect(result.stderr).toContain("There is no password");
  },
  20_000,
);
