// The exit status of ftclient tells what went wrong, and nothing is saved under the file's name.

import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { EXIT, type FailureKind } from "../../lib/errors.ts";
import type { Connection } from "../../lib/net/connection.ts";
import { dial } from "../../lib/net/socket.ts";
import { runScript } from "../../lib/testing/testing.ts";
import { runProgram, TestServer } from "../testing/testing.ts";

const LIMIT = 20_000;

/** The longest wait of a script for the client, in ms. */
const PATIENCE = 10_000;

/** Reads the command, dials Q, and announces `bytes` bytes. Returns Q. */
async function openQ(p: Connection, bytes: number): Promise<Connection> {
  const line = Buffer.from((await p.read(PATIENCE)) ?? []).toString();
  const port = Number(line.trim().split(" ").at(-1));
  const q = await dial({ address: "127.0.0.1", port }, PATIENCE);
  await p.write(`150 bytes=${bytes} port=${q.local.port} version=1 Here.\n`, PATIENCE);
  return q;
}

/** Sends a line in reply to the command. */
const reply = (line: string) => async (p: Connection) => {
  await p.read(PATIENCE);
  await p.write(line, PATIENCE);
};

const servers: [FailureKind, string, (p: Connection) => Promise<void>][] = [
  [
    "timeout",
    "a server that says nothing",
    async (p) => void (await p.read(PATIENCE), await p.read(PATIENCE)),
  ],
  ["login", "a server that wants a login", reply("530 Log in first.\n")],
  ["refused", "a server that has no such file", reply("550 File not found.\n")],
  ["refused", "a server that knows no such command", reply("500 No such command.\n")],
  ["refused", "a server that is too busy", reply("421 Too many clients.\n")],
  [
    "incomplete",
    "a file that is cut",
    async (p) => {
      const q = await openQ(p, 6);
      await q.write("hel", PATIENCE);
      await q.finish(PATIENCE);
      await p.write("426 The transfer was aborted.\n", PATIENCE);
    },
  ],
  [
    "incomplete",
    "a file that has all bytes, and no confirmation",
    async (p) => {
      const q = await openQ(p, 6);
      await q.write("hello\n", PATIENCE);
      await q.finish(PATIENCE);
    },
  ],
  [
    "protocol",
    "a file that is longer than announced",
    async (p) => {
      const q = await openQ(p, 3);
      await q.write("hello\n", PATIENCE);
      await q.finish(PATIENCE);
    },
  ],
  ["protocol", "a server of another protocol", reply("HTTP/1.1 400 Bad Request\r\n\r\n")],
];

test.each(servers)(
  "status of kind %s for %s",
  async (kind, _, script) => {
    await using scratch = new TestServer();
    using listener = runScript(script);
    const limit = kind === "timeout" ? ["--timeout", "0.5"] : [];
    const args = ["127.0.0.1", String(listener.port), "-g", "notes.txt", "--json", ...limit];
    const cwd = scratch.createDirectory("here");
    const { exit, stdout, stderr } = await runProgram("ftclient", args, { cwd });
    expect(exit).toBe(EXIT[kind]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, kind, exit });
    expect(stderr).toStartWith("ftclient: ");
    expect(readdirSync(cwd)).not.toContain("notes.txt");
  },
  LIMIT,
);

test(
  "wrong usage opens no connection, whichever argument is wrong",
  async () => {
    let connections = 0;
    using listener = runScript(async () => void connections++);
    const wrong = [
      ["-g", "notes.txt", "80"],
      ["-l", "--output", "notes.txt"],
      ["-l", "--timeout", "0"],
      ["-l", "--ca", "/no/such", "--tls"],
    ];
    for (const args of wrong) {
      const result = await runProgram("ftclient", ["127.0.0.1", String(listener.port), ...args]);
      expect(result).toMatchObject({ exit: EXIT.usage, stdout: "" });
    }
    expect(connections).toBe(0);
  },
  LIMIT,
);
