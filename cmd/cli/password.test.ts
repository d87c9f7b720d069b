// A password that is typed at a real terminal is not seen there, and the terminal is as it was afterwards.

import { expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Site, waitUntil } from "../testing/testing.ts";

const LIMIT = 20_000;
const SECRET = "correct horse";

/** A shell on a terminal of its own that runs ftpasswd, and then says what the terminal is like. */
function ftpasswd(site: Site, args: string, before = "") {
  const screen = { seen: "" };
  const take = (_: unknown, bytes: Uint8Array) => void (screen.seen += Buffer.from(bytes));
  const program = `'${process.execPath}' '${join(import.meta.dir, "../ftpasswd.ts")}' ${args}`;
  const child = Bun.spawn(
    ["sh", "-c", `trap : INT; ${before}${program}; echo "status $?"; stty -a`],
    {
      env: { PATH: Bun.env["PATH"] ?? "", USERS: site.at("users") },
      terminal: { cols: 100, rows: 24, data: take },
      timeout: LIMIT / 2,
    },
  );
  return {
    screen,
    child,
    shows: (text: string) => waitUntil(() => screen.seen.includes(text), `the text ${text}`),
    type: (keys: string) => void child.terminal?.write(keys),
    [Symbol.dispose]: () => {
      child.kill("SIGKILL");
      child.terminal?.close();
    },
  };
}

const ECHO = /[^-]\becho\b/;

test(
  "is asked for twice, is not shown, and is the one that is kept",
  async () => {
    await using site = new Site();
    using adding = ftpasswd(site, 'add ada --users "$USERS"');
    await adding.shows("New password of ada: ");
    adding.type(`${SECRET}\n`);
    await adding.shows("Once more: ");
    adding.type(`${SECRET}\n`);
    await adding.child.exited;
    await adding.shows("status 0");
    expect(adding.screen.seen).not.toContain("horse");
    expect(adding.screen.seen).toMatch(ECHO);
    expect(statSync(site.at("users")).mode & 0o777).toBe(0o600);

    using verifying = ftpasswd(site, 'verify ada --users "$USERS"');
    await verifying.shows("Password of ada: ");
    verifying.type(`${SECRET}\n`);
    await verifying.child.exited;
    await verifying.shows("the password is right");
  },
  LIMIT,
);

test.each([
  ["Ctrl-C", "\u0003", "status 130"],
  ["the end of input", "\u0004", "status 5"],
])(
  "%s leaves the terminal with its echo, and nothing behind",
  async (_, keys, status) => {
    await using site = new Site();
    using it = ftpasswd(site, 'add ada --users "$USERS"');
    await it.shows("New password of ada: ");
    it.type(keys);
    await it.child.exited;
    await it.shows(status);
    expect(it.screen.seen).toContain("No password was given.");
    expect(it.screen.seen).toMatch(ECHO);
    expect(existsSync(site.at("users"))).toBe(false);
  },
  LIMIT,
);

test(
  "is not asked for where it could be seen: a terminal without stty",
  async () => {
    await using site = new Site();
    using it = ftpasswd(site, 'add ada --users "$USERS"', "PATH=/nowhere ");
    await it.child.exited;
    await it.shows("status 5");
    expect(it.screen.seen).toContain("What is typed cannot be hidden on this terminal");
  },
  LIMIT,
);
