// What ftserver says and does about passwords that other hosts send in the clear.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { HASH_COST } from "../../lib/auth/users.ts";
import { runProgram, TestServer } from "../testing/testing.ts";

const LIMIT = 20_000;
const hash = await Bun.password.hash("secret", HASH_COST);

/** The fixture of a server with one user, ada; `args` has the option for the user file. */
function createFixture() {
  const server = new TestServer();
  return { server, args: ["--users", server.createFile("users", `ada:${hash}\n`)] };
}

async function readStartLog(...more: string[]): Promise<string> {
  const { server, args } = createFixture();
  await using _ = await server.start(...args, ...more);
  await server.stop("SIGINT");
  return server.log.join("\n");
}

test(
  "the server warns that passwords from other hosts come in the clear, and only then",
  async () => {
    expect(await readStartLog()).toContain('"event":"clear-passwords","refused":false');
    expect(await readStartLog("--log", "pretty")).toContain("give --tls-cert and --tls-key, or");
    expect(await readStartLog("--require-tls")).toContain('"refused":true');
    expect(await readStartLog("--host", "127.0.0.1")).not.toContain("clear-passwords");
  },
  LIMIT,
);

test(
  "--require-tls without anything to apply it to is wrong usage",
  async () => {
    expect(await runProgram("ftserver", ["30021", "--require-tls"])).toMatchObject({
      exit: 2,
      stderr: "ftserver: --require-tls needs --users, or --tls-cert and --tls-key.\n",
    });
  },
  LIMIT,
);

/** Two addresses that are not those of the loopback, on a network of its own: for the server, the second is another host. */
const SETUP =
  "ip link set lo up && ip addr add 192.0.2.1/32 dev lo && ip addr add 192.0.2.2/32 dev lo";
const canIsolate =
  Bun.spawnSync(["unshare", "-rn", "sh", "-c", SETUP], { stderr: "ignore" }).exitCode === 0;

/** Starts the server `$0` with the arguments `$@`, logs in from the address `$FROM`, and prints the replies. */
const SCRIPT = `${SETUP} && { "$0" "$@" 2> "$LOG" & server=$!
  until grep -q listening "$LOG"; do kill -0 $server || exit 1; sleep 0.05; done
  printf 'USER ada\\nPASS secret\\n' | "$BUN" -e "$CLIENT"; kill $server; wait $server; }`;
const CLIENT = `const p = require("node:net").connect({ host: "192.0.2.1", port: +process.env.PORT,
  localAddress: process.env.FROM, allowHalfOpen: true });
  process.stdin.pipe(p); p.pipe(process.stdout);`;

async function logInFrom(from: string, ...more: string[]): Promise<string> {
  const { server, args } = createFixture();
  await using _ = server;
  const program = [process.execPath, join(import.meta.dir, "../ftserver.ts")];
  const options = [String(server.port), "--root", server.getPath("root"), ...args, ...more];
  const child = Bun.spawn(["unshare", "-rn", "sh", "-c", SCRIPT, ...program, ...options], {
    env: {
      PATH: Bun.env["PATH"] ?? "",
      BUN: process.execPath,
      LOG: server.getPath("log"),
      PORT: String(server.port),
      FROM: from,
      CLIENT,
    },
    timeout: LIMIT / 4,
  });
  return await child.stdout.text();
}

test.skipIf(!canIsolate)(
  "--require-tls refuses USER of another host, before the password comes, and nobody of this one (skipped without unshare -rn)",
  async () => {
    const refusal = "530 This server takes passwords from other hosts only over TLS.\n";
    expect(await logInFrom("192.0.2.2", "--require-tls")).toBe(refusal);
    expect(await logInFrom("192.0.2.1", "--require-tls")).toContain("\n230 ");
    expect(await logInFrom("192.0.2.2")).toContain("\n230 ");
  },
  LIMIT,
);
