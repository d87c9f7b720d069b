// The behaviour of ftserver: wrong arguments, the log, logins, and the end by a signal.

import { expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { isLinkLocal } from "../../lib/net/address.ts";
import { dial } from "../../lib/net/socket.ts";
import { findFreePort } from "../cli/free-port.ts";
import { runProgram, startProgram, TestServer, waitUntilListening } from "../testing/testing.ts";

const LIMIT = 20_000;

const usages: [string[], string][] = [
  [[], "SERVER_PORT is missing. See ftserver --help."],
  [["abc"], 'SERVER_PORT takes a decimal number from 0 to 65535, not "abc".'],
  [["-1"], 'SERVER_PORT takes a decimal number from 0 to 65535, not "-1".'],
  [["0x10"], 'SERVER_PORT takes a decimal number from 0 to 65535, not "0x10".'],
  [["3e4"], 'SERVER_PORT takes a decimal number from 0 to 65535, not "3e4".'],
  [[" 80"], 'SERVER_PORT takes a decimal number from 0 to 65535, not " 80".'],
  [[""], "SERVER_PORT is missing. See ftserver --help."],
  [["65536"], 'SERVER_PORT takes a decimal number from 0 to 65535, not "65536".'],
  [["30021", "/", "30022"], 'Too many arguments: "30022". See ftserver --help.'],
  [["30021", "/", "--root", "/"], "The directory is given twice: leave out DIR or --root."],
  [["30021", "30022"], 'The directory "30022" cannot be served: there is no such directory.'],
  [["30021", "--rot", "x"], 'Unknown option "--rot". Did you mean --root?'],
  [
    ["30021", "--root", "/no/such"],
    'The directory "/no/such" cannot be served: there is no such directory.',
  ],
  [
    ["30021", "--users", "/no/such"],
    'The user file "/no/such" cannot be read: there is no such file; ftpasswd add makes it.',
  ],
  [
    ["0", "--workers", "2"],
    "--workers needs a SERVER_PORT from 1 to 65535: each worker would get another free port.",
  ],
  [["30021", "--log", "xml"], '--log takes pretty or json, not "xml".'],
  [["30021", "--grace", "-1"], '--grace takes a number from 0 to 86400, not "-1".'],
  ...["40000", "40100-40000", "80-90", "1-2-3", "40000-65536", "a-b"].map(
    (range): [string[], string] => [
      ["30021", "--passive-ports", range],
      `--passive-ports takes two ports from 1024 to 65535, the lower one first, such as 40000-40100, not "${range}".`,
    ],
  ),
];

test.each(usages)(
  "wrong usage %j is reported in one sentence",
  async (args, sentence) => {
    expect(await runProgram("ftserver", args)).toEqual({
      exit: 2,
      stdout: "",
      stderr: `ftserver: ${sentence}\n`,
    });
  },
  LIMIT,
);

async function startServer(...args: string[]): Promise<TestServer> {
  const server = new TestServer();
  server.createFile("root/notes.txt", "hello\n");
  return server.start(...args);
}

test(
  "the message about a port in use names the port",
  async () => {
    await using server = await startServer();
    const { exit, stderr } = await runProgram("ftserver", [String(server.port)]);
    expect(exit).toBe(7);
    expect(stderr).toContain(`:${server.port}: another program listens there`);
  },
  LIMIT,
);

test(
  "port 0 is a free port, and the log says which",
  async () => {
    await using server = startProgram("ftserver", ["0", "--host", "127.0.0.1"]);
    for await (const chunk of server.stderr) {
      const line = Buffer.from(chunk).toString();
      if (!line.includes('"listening"')) continue;
      const { port } = JSON.parse(line.slice(line.indexOf("{")).split("\n")[0] ?? "");
      expect((await runProgram("ftclient", ["127.0.0.1", String(port), "-l"])).exit).toBe(0);
      server.kill("SIGINT");
    }
    expect(await server.exited).toBe(0);
  },
  LIMIT,
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends the server with status 0, and the port is free at once",
  async (signal) => {
    await using server = await startServer();
    await runProgram("ftclient", [...server.endpoint, "-l"]);
    expect(await server.stop(signal)).toBe(0);
    expect(await (await server.start()).stop("SIGINT")).toBe(0);
  },
  LIMIT,
);

test(
  "each request is one line of JSON on standard error with peer, command, name, bytes, seconds and the reply",
  async () => {
    await using server = await startServer();
    await runProgram("ftclient", [...server.endpoint, "-g", "notes.txt", "-o", "-"]);
    await runProgram("ftclient", [...server.endpoint, "-g", "none.txt", "-o", "-"]);
    await server.stop("SIGINT");
    expect(await server.readOutput()).toBe("");
    // The tests may run as root, and then the server warns.
    const lines = server.log
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event !== "root");
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
  "the pretty log has the same facts for a person",
  async () => {
    await using server = await startServer("--log", "pretty", "--host", "127.0.0.1");
    await runProgram("ftclient", [...server.endpoint, "-g", "notes.txt", "-o", "-"]);
    await server.stop("SIGINT");
    const text = Bun.stripANSI(server.log.join("\n"));
    expect(text).toContain(`to this host only, without a login, on port ${server.port}`);
    expect(text).toContain("127.0.0.1 -g notes.txt: 226 File sent., 6 B in ");
  },
  LIMIT,
);

test(
  "the second argument is the directory, and the log says what to type and where this host is reached",
  async () => {
    await using server = new TestServer();
    server.createFile("root/notes.txt", "hello\n");
    const args = [String(server.port), server.getPath("root"), "--log", "pretty"];
    await using child = startProgram("ftserver", args, { isLasting: true });
    await waitUntilListening(server.port);
    child.kill("SIGTERM");
    const log = Bun.stripANSI(await child.stderr.text());
    const [, words = ""] = /On another host type: ftclient (.*?)( \(|\. )/.exec(log) ?? [];
    const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
    const external = own.filter(({ internal }) => !internal).map(({ address }) => address);
    if (words === "") return expect(external.filter((one) => !isLinkLocal(one))).toEqual([]);
    const [host = "", ...others] = words.split(" ");
    expect(external).toContain(host);
    expect(others).toEqual([String(server.port), "-l"]);
  },
  LIMIT,
);

test(
  "on loopback the line to type works as it stands",
  async () => {
    await using server = await startServer("--host", "127.0.0.1", "--log", "pretty");
    const log = Bun.stripANSI(server.log.join("\n"));
    const [, words = ""] = /On this host type: ftclient (.*)\. Press/.exec(log) ?? [];
    expect(await runProgram("ftclient", words.split(" "))).toMatchObject({
      exit: 0,
      stdout: "notes.txt\n",
    });
  },
  LIMIT,
);

test(
  "with --users only a client that logs in is served, and no password is in the log or in a message",
  async () => {
    await using server = new TestServer();
    const users = server.getPath("users.txt");
    expect(
      (await runProgram("ftpasswd", ["add", "ada", "--users", users], { stdin: "s3cret\n" })).exit,
    ).toBe(0);
    await server.start("--users", users);
    const login = (password: string) =>
      runProgram("ftclient", [...server.endpoint, "-l", "--user", "ada"], {
        env: { FTCLIENT_PASSWORD: password },
      });
    expect(await runProgram("ftclient", [...server.endpoint, "-l"])).toMatchObject({
      exit: 5,
      stdout: "",
    });
    expect(await login("s3cret")).toMatchObject({ exit: 0, stderr: "" });
    const wrong = await login("s3cret2");
    expect(wrong).toMatchObject({ exit: 5, stderr: "ftclient: Wrong name or password.\n" });
    await server.stop("SIGINT");
    expect(server.log.join("\n")).not.toContain("s3cret");
  },
  LIMIT,
);

test(
  "a current directory that was removed is refused, and no other directory is served instead",
  async () => {
    await using server = new TestServer();
    server.createDirectory("removed");
    const program = [process.execPath, `${import.meta.dir}/../ftserver.ts`, String(server.port)];
    const script = ["sh", "-c", 'rmdir "$PWD"; exec "$0" "$@"', ...program];
    await using child = Bun.spawn(script, {
      cwd: server.getPath("removed"),
      stderr: "pipe",
      timeout: 5000,
    });
    expect(await child.stderr.text()).toBe(
      "ftserver: The current directory was removed: give the directory to serve with --root.\n",
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
  "--%s %s is refused if the file is in the served directory",
  async (name, file, more) => {
    await using server = new TestServer();
    server.createFile(`root/${file}`, "");
    const extra = more.map((word) => (word.endsWith(".pem") ? server.createFile(word, "") : word));
    const options = [
      "--root",
      server.getPath("root"),
      `--${name}`,
      server.getPath(`root/${file}`),
      ...extra,
    ];
    const { exit, stderr } = await runProgram("ftserver", [String(server.port), ...options]);
    expect(exit).toBe(2);
    expect(stderr).toContain("is in the served directory, where clients could fetch it");
  },
  LIMIT,
);

test(
  "a host address that this machine does not have is refused",
  async () => {
    const { exit, stderr } = await runProgram("ftserver", [
      String(findFreePort()),
      "--host",
      "192.0.2.1",
    ]);
    expect(exit).toBe(7);
    expect(stderr).toContain("this host does not have that address");
  },
  LIMIT,
);

test.skipIf(process.platform !== "linux")(
  "--host listens on that address alone; without it the server listens on all",
  async () => {
    const canReach = async ({ port }: TestServer, address: string) => {
      const p = await dial({ address, port }, LIMIT / 4).catch(() => {});
      p?.close();
      return p !== undefined;
    };
    await using one = await startServer("--host", "127.0.0.1");
    expect([await canReach(one, "127.0.0.1"), await canReach(one, "127.0.0.2")]).toEqual([
      true,
      false,
    ]);
    await using all = await startServer();
    expect([await canReach(all, "127.0.0.1"), await canReach(all, "127.0.0.2")]).toEqual([
      true,
      true,
    ]);
  },
  LIMIT,
);
