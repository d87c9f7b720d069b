// A password that is typed at a real terminal is not shown there, and the terminal has its echo afterwards.

import { expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 20_000;
const SECRET = "correct horse";

/** Starts a shell on a terminal of its own. It runs ftpasswd, and then prints the state of the terminal. */
function startFtpasswd(fixture: TestServer, args: string, before = "") {
  const screen = { text: "" };
  const onData = (_: unknown, bytes: Uint8Array) => void (screen.text += Buffer.from(bytes));
  const program = `'${process.execPath}' '${join(import.meta.dir, "../ftpasswd.ts")}' ${args}`;
  const child = Bun.spawn(
    ["sh", "-c", `trap : INT; ${before}${program}; echo "status $?"; stty -a`],
    {
      env: { PATH: Bun.env["PATH"] ?? "", USERS: fixture.getPath("users") },
      terminal: { cols: 100, rows: 24, data: onData },
      timeout: LIMIT / 2,
    },
  );
  return {
    screen,
    child,
    waitForText: (text: string) => waitUntil(() => screen.text.includes(text), `the text ${text}`),
    type: (keys: string) => void child.terminal?.write(keys),
    [Symbol.dispose]: () => {
      child.kill("SIGKILL");
      child.terminal?.close();
    },
  };
}

const ECHO = /[^-]\becho\b/;

test(
  "a new password is asked for twice, is not shown, and is saved",
  async () => {
    await using fixture = new TestServer();
    using adding = startFtpasswd(fixture, 'add ada --users "$USERS"');
    await adding.waitForText("New password of ada: ");
    adding.type(`${SECRET}\n`);
    await adding.waitForText("Once more: ");
    adding.type(`${SECRET}\n`);
    await adding.child.exited;
    await adding.waitForText("status 0");
    expect(adding.screen.text).not.toContain("horse");
    expect(adding.screen.text).toMatch(ECHO);
    expect(statSync(fixture.getPath("users")).mode & 0o777).toBe(0o600);

    using verifying = startFtpasswd(fixture, 'verify ada --users "$USERS"');
    await verifying.waitForText("Password of ada: ");
    verifying.type(`${SECRET}\n`);
    await verifying.child.exited;
    await verifying.waitForText("the password is right");
  },
  LIMIT,
);

test.each([
  ["Ctrl-C", "\u0003", "status 130"],
  ["the end of input", "\u0004", "status 5"],
])(
  "%s leaves the terminal with its echo, and saves nothing",
  async (_, keys, status) => {
    await using fixture = new TestServer();
    using client = startFtpasswd(fixture, 'add ada --users "$USERS"');
    await client.waitForText("New password of ada: ");
    client.type(keys);
    await client.child.exited;
    await client.waitForText(status);
    expect(client.screen.text).toContain("No password was given.");
    expect(client.screen.text).toMatch(ECHO);
    expect(existsSync(fixture.getPath("users"))).toBe(false);
  },
  LIMIT,
);

test(
  "on a terminal without stty, which would show the password, it is not asked for",
  async () => {
    await using fixture = new TestServer();
    using client = startFtpasswd(fixture, 'add ada --users "$USERS"', "PATH=/nowhere ");
    await client.child.exited;
    await client.waitForText("status 5");
    expect(client.screen.text).toContain("This terminal cannot hide what you type");
  },
  LIMIT,
);
