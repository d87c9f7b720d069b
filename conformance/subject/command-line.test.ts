// Command templates become arguments as a shell would make them, without a shell.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { parseAddress, fillCommand, splitCommand } from "./command-line.ts";

const QUICK = 5_000; // nothing here waits

test(
  "blanks separate, quotes and backslashes keep together",
  () => {
    expect(splitCommand(`java -cp "a b" 'c d' e\\ f ""`)).toEqual([
      "java",
      "-cp",
      "a b",
      "c d",
      "e f",
      "",
    ]);
  },
  QUICK,
);

test.each([
  [`./s --name="two words" a"b c"d`, ["./s", "--name=two words", "ab cd"]],
  [`'' "" e\\ f`, ["", "", "e f"]],
  [`"a\\n" "\\"" '\\n'`, ["a\\n", '"', "\\n"]],
  ["~/s.py a~b", [`${Bun.env["HOME"]}/s.py`, "a~b"]],
  ["$HOME/s.py '$HOME'", [`${Bun.env["HOME"]}/s.py`, "$HOME"]],
])("%s", (line, words) => expect(splitCommand(line)).toEqual(words), QUICK);

test(
  "a module keeps its name, and paths in lists and variables are made absolute",
  () => {
    const here = join(import.meta.dir, "..");
    const fill = (line: string): string[] => fillCommand(line, { port: 1 }, here);
    expect(fill("python3 -m net {port}")).toEqual(["python3", "-m", "net", "1"]);
    const paths = `${here}/net:${here}/spec`;
    expect(fill("java -cp net:spec Server")).toEqual(["java", "-cp", paths, "Server"]);
    expect(fill("A=net:spec ./index.ts")).toEqual(["env", `A=${paths}`, `${here}/index.ts`]);
  },
  QUICK,
);

test(
  "an argument is left out if its placeholder has no value",
  () => {
    const template = "client {host} {port} {command} {file} --data={dataport}";
    const values = { host: "h", port: 1, command: "-l", file: undefined, dataport: undefined };
    expect(fillCommand(template, values)).toEqual(["client", "h", "1", "-l"]);
    expect(fillCommand("x {file}", { file: "$(a) b; c" })).toEqual(["x", "$(a) b; c"]);
  },
  QUICK,
);

test(
  "a relative path that exists is made absolute",
  () => {
    const here = import.meta.dir;
    const line = "bun ./process.ts ../peer/server.ts nothing.ts -l";
    expect(fillCommand(line, {}, here)).toEqual([
      "bun",
      join(here, "process.ts"),
      join(here, "../peer/server.ts"),
      "nothing.ts",
      "-l",
    ]);
  },
  QUICK,
);

test(
  "host:port is not taken for a command",
  () => {
    expect(parseAddress("example.org:30021")).toEqual({ host: "example.org", port: 30021 });
    expect(parseAddress("[::1]:80")).toEqual({ host: "::1", port: 80 });
    expect(parseAddress("./ftserver {port}")).toBeUndefined();
    expect(parseAddress("bun server.ts")).toBeUndefined();
  },
  QUICK,
);
