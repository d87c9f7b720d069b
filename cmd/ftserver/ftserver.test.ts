// ftserver as its operator meets it: refusals, the log, logins, and the end by a signal.

import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { freePort } from "../cli/free-port.ts";
import { run, Site } from "../testing/testing.ts";

const LIMIT = 20_000;

const usages: [string[], string][] = [
  [[], "SERVER_PORT is missing. See ftserver --help."],
  [["abc"], 'SERVER_PORT takes a decimal number from 1 to 65535, not "abc".'],
  [["-1"], 'SERVER_PORT takes a decimal number from 1 to 65535, not "-1".'],
  [["0x10"], 'SERVER_PORT takes a decimal number from 1 to 65535, not "0x10".'],
  [["3e4"], 'SERVER_PORT takes a decimal number from 1 to 65535, not "3e4".'],
  [[" 80"], 'SERVER_PORT takes a decimal number from 1 to 65535, not " 80".'],
  [[""], "SERVER_PORT is missing. See ftserver --help."],
  [["65536"], 'SERVER_PORT takes a decimal number from 1 to 65535, not "65536".'],
  [["30021", "30022"], 'Surplus argument "30022". See ftserver --help.'],
  [["30021", "--rot", "x"], 'Unknown option "--rot". Did you mean --root?'],
  [
    ["30021", "--root", "/no/such"],
    'The directory "/no/such" cannot be served: there is no such directory.',
  ],
  [
    ["30021", "--users", "/no/such"],
    'The user file "/no/such" cannot be read: there is no such file; ftpasswd add makes it.',
  ],
  [["30021", "--log", "xml"], '--log takes pretty, json, not "xml".'],
  [["30021", "--grace", "-1"], '--grace takes a number from 0 to 86400, not "-1".'],
];

test.each(usages)(
  "wrong usage %j is told in a sentence",
  async (args, sentence) => {
    expect(await run("ftserver", args)).toEqual({
      exit: 2,
      stdout: "",
      stderr: `ftserver: ${sentence}\n`,
    });
  },
  LIMIT,
);

async function site(...args: string[]): Promise<Site> {
  const made = new Site();
  mkdirSync(made.at("root"));
  made.file("root/notes.txt", "hello\n");
  return made.serve(...args);
}

test(
  "a port in use is named",
  async () => {
    await using first = await site();
    const { exit, stderr } = await run("ftserver", [String(first.port)]);
    expect(exit).toBe(7);
    expect(stderr).toContain(`:${first.port}: another program listens there`);
  },
  LIMIT,
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends it with status 0, and the port is free at once",
  async (signal) => {
    await using first = await site();
    await run("ftclient", [...first.target, "-l"]);
    expect(await first.end(signal)).toBe(0);
    expect(await (await first.serve()).end("SIGINT")).toBe(0);
  },
  LIMIT,
);

test(
  "each request is one line of JSON with who, what, bytes, seconds and the outcome",
  async () => {
    await using at = await site();
    await run("ftclient", [...at.target, "-g", "notes.txt", "-o", "-"]);
    await run("ftclient", [...at.target, "-g", "none.txt", "-o", "-"]);
    await at.end("SIGINT");
    const lines = at.log.map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual([
      "listening",
      "request",
      "request",
      "stopping",
      "stopped",
    ]);
    expect(lines[1]).toMatchObject({
      peer: "127.0.0.1",
      command: "-g",
      name: "notes.txt",
      bytes: 6,
      code: 226,
    });
    expect(lines[1].seconds).toBeNumber();
    expect(lines[2]).toMatchObject({ command: "-g", name: "none.txt", bytes: 0, code: 550 });
  },
  LIMIT,
);

test(
  "the pretty log says the same for people",
  async () => {
    await using at = await site("--log", "pretty", "--host", "127.0.0.1");
    await run("ftclient", [...at.target, "-g", "notes.txt", "-o", "-"]);
    await at.end("SIGINT");
    const text = Bun.stripANSI(at.log.join("\n"));
    expect(text).toContain(`to this host alone, without a login, on port ${at.port}`);
    expect(text).toContain("127.0.0.1 -g notes.txt: 226 File sent., 6 B in ");
  },
  LIMIT,
);

test(
  "with --users only who logs in is served, and no password is in the log or in an error",
  async () => {
    await using at = new Site();
    mkdirSync(at.at("root"));
    const users = at.at("users.txt");
    expect(
      (await run("ftpasswd", ["add", "ada", "--users", users], { stdin: "s3cret\n" })).exit,
    ).toBe(0);
    await at.serve("--users", users);
    const login = (password: string) =>
      run("ftclient", [...at.target, "-l", "--user", "ada"], {
        env: { FTCLIENT_PASSWORD: password },
      });
    expect(await run("ftclient", [...at.target, "-l"])).toMatchObject({ exit: 5, stdout: "" });
    expect(await login("s3cret")).toMatchObject({ exit: 0, stderr: "" });
    const wrong = await login("s3cret2");
    expect(wrong).toMatchObject({ exit: 5, stderr: "ftclient: Wrong name or password.\n" });
    await at.end("SIGINT");
    expect(at.log.join("\n")).not.toContain("s3cret");
  },
  LIMIT,
);

test(
  "a current directory that was removed is not served, nor is another in its place",
  async () => {
    await using at = new Site();
    mkdirSync(at.at("gone"));
    const program = [process.execPath, `${import.meta.dir}/../ftserver.ts`, String(at.port)];
    const script = ["sh", "-c", 'rmdir "$PWD"; exec "$0" "$@"', ...program];
    await using child = Bun.spawn(script, { cwd: at.at("gone"), stderr: "pipe", timeout: 5000 });
    expect(await child.stderr.text()).toBe(
      "ftserver: The current directory was removed: say with --root which one to serve.\n",
    );
    expect(await child.exited).toBe(2);
  },
  LIMIT,
);

test.each([
  ["users", "users.txt", []],
  ["tls-key", "key.pem", ["--tls-cert", "cert.pem"]],
  ["users", ".users", ["--dot-files"]],
])(
  "--%s %s is refused in the served directory, where clients could fetch it",
  async (name, file, more) => {
    await using at = new Site();
    mkdirSync(at.at("root"));
    at.file(`root/${file}`, "");
    const given = more.map((word) => (word.endsWith(".pem") ? at.file(word, "") : word));
    const options = ["--root", at.at("root"), `--${name}`, at.at(`root/${file}`), ...given];
    const { exit, stderr } = await run("ftserver", [String(at.port), ...options]);
    expect(exit).toBe(2);
    expect(stderr).toContain("lies in the served directory, where clients could fetch it");
  },
  LIMIT,
);

test(
  "a host that is not this one's is refused",
  async () => {
    const { exit, stderr } = await run("ftserver", [String(freePort()), "--host", "192.0.2.1"]);
    expect(exit).toBe(7);
    expect(stderr).toContain("this host does not have that address");
  },
  LIMIT,
);
