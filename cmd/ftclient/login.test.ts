// Where ftclient takes a password from, to whom it sends it, and how it trusts a server, as the README says.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HASH_COST } from "../../lib/auth/users.ts";
import { runProgram, TestServer } from "../testing/testing.ts";

const LIMIT = 30_000;
const hash = await Bun.password.hash("secret", HASH_COST);

/** A server with the user ada and one file. */
function startServer(...args: string[]): Promise<TestServer> {
  const server = new TestServer();
  server.createFile("root/notes.txt", "hello\n");
  return server.start("--users", server.createFile("users", `ada:${hash}\n`), ...args);
}

test(
  "the password comes from ~/.netrc, and FTCLIENT_PASSWORD goes before it",
  async () => {
    await using server = await startServer("--host", "127.0.0.1");
    server.createFile(".netrc", "machine 127.0.0.1 login ada password secret\n");
    const list = (env: Record<string, string>) =>
      runProgram("ftclient", [...server.endpoint, "-l", "--user", "ada"], { env });
    const HOME = server.getPath("");
    expect(await list({ HOME })).toMatchObject({ exit: 0, stdout: "notes.txt\n" });
    expect(await list({ HOME, FTCLIENT_PASSWORD: "wrong" })).toMatchObject({ exit: 5, stdout: "" });
  },
  LIMIT,
);

/** An address that is not of the loopback, on a network of its own: for ftclient, it is another host. */
const SETUP = "ip link set lo up && ip addr add 192.0.2.1/32 dev lo";
const canIsolate =
  Bun.spawnSync(["unshare", "-rn", "sh", "-c", SETUP], { stderr: "ignore" }).exitCode === 0;

/** Starts ftserver with the arguments `$@`, calls ftclient at the other host, once without and once with the option, and prints both statuses. */
const SCRIPT = `${SETUP} && { "$BUN" "$CMD/ftserver.ts" "$PORT" "$@" 2> "$LOG" & server=$!
  until grep -q listening "$LOG"; do kill -0 $server || exit 1; sleep 0.05; done
  for option in --quiet --insecure-login; do
    "$BUN" "$CMD/ftclient.ts" 192.0.2.1 "$PORT" -l --user ada $option; echo "status $?"
  done; kill $server; wait $server; }`;

test.skipIf(!canIsolate)(
  "without TLS no password goes to another host unless --insecure-login says so (skipped without unshare -rn)",
  async () => {
    await using files = new TestServer();
    files.createFile("root/notes.txt", "hello\n");
    const log = files.getPath("log");
    const users = files.createFile("users", `ada:${hash}\n`);
    const options = ["--root", files.getPath("root"), "--users", users, "--log", "json"];
    const child = Bun.spawn(["unshare", "-rn", "sh", "-c", SCRIPT, "sh", ...options], {
      env: {
        PATH: Bun.env["PATH"] ?? "",
        HOME: "/dev/null",
        FTCLIENT_PASSWORD: "secret",
        BUN: process.execPath,
        CMD: join(import.meta.dir, ".."),
        LOG: log,
        PORT: String(files.port),
      },
      stderr: "pipe",
      timeout: LIMIT / 2,
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect(stdout).toBe("status 5\nnotes.txt\nstatus 0\n");
    expect(stderr).toContain("use --tls, or --insecure-login if you accept that");
    const requests = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes("user"));
    expect(requests.map((line) => JSON.parse(line).user).filter(Boolean)).toEqual(["ada"]);
  },
  LIMIT,
);

/** The command of the README that makes a certificate. */
function readCertificateCommand(): string {
  const readme = readFileSync(join(import.meta.dir, "../../README.md"), "utf8");
  return /`(openssl req [^`]+)`/.exec(readme)?.[1]?.replaceAll("\n", " ") ?? "";
}

test.skipIf(!Bun.which("openssl"))(
  "the README's certificate is trusted with --ca or with the --pin of the log, and not without (needs openssl)",
  async () => {
    await using files = new TestServer();
    const cwd = files.createDirectory("keys");
    const made = Bun.spawnSync(["sh", "-c", readCertificateCommand()], { cwd });
    expect(made.exitCode).toBe(0);
    const [cert, key] = [join(cwd, "cert.pem"), join(cwd, "key.pem")];
    await using server = await startServer("--tls-cert", cert, "--tls-key", key);
    const { pin } = JSON.parse(server.log.find((line) => line.includes("listening")) ?? "{}");
    expect(pin).toMatch(/^sha256:[0-9a-f]{64}$/);
    const list = async (...trust: string[]) => {
      const args = ["localhost", String(server.port), "-l", "--user", "ada", "--tls", ...trust];
      const env = { FTCLIENT_PASSWORD: "secret" };
      const { exit, stdout } = await runProgram("ftclient", args, { env });
      return [exit, stdout];
    };
    const ok = [0, "notes.txt\n"];
    expect(await list("--ca", cert)).toEqual(ok);
    expect(await list("--pin", pin)).toEqual(ok);
    const otherPin = `sha256:${"0".repeat(64)}`;
    for (const trust of [[], ["--pin", otherPin]]) {
      const [exit, stdout] = await list(...trust);
      expect([exit !== 0, stdout]).toEqual([true, ""]);
    }
  },
  LIMIT,
);

/** Runs ftclient on a terminal of its own, types the password when it is asked for, and returns what the terminal shows. */
async function runOnTerminal(args: readonly string[], cwd: string) {
  let screen = "";
  await using child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "../ftclient.ts"), ...args],
    {
      cwd,
      env: { PATH: Bun.env["PATH"] ?? "", HOME: "/dev/null", TERM: "xterm" },
      timeout: LIMIT / 2,
      terminal: {
        cols: 100,
        rows: 24,
        data: (terminal, bytes) => {
          screen += bytes.toString();
          if (screen.endsWith(": ")) terminal.write("secret\n");
        },
      },
    },
  );
  const exit = await child.exited;
  child.terminal?.close();
  return { exit, screen };
}

test(
  "a person is asked for the password once for all files, and not if there is no server",
  async () => {
    await using server = await startServer();
    server.createFile("root/b.txt", "b");
    const cwd = server.createDirectory("here");
    const args = [...server.endpoint, "-g", "*.txt", "--user", "ada"];
    const both = await runOnTerminal(args, cwd);
    expect(both.exit).toBe(0);
    expect(both.screen.match(/Password of ada/g)).toHaveLength(1);
    expect(both.screen).toContain("2 of 2 files complete");
    await server.stop("SIGKILL");
    const none = await runOnTerminal(args, cwd);
    expect(none.exit).toBe(3);
    expect(none.screen).not.toContain("Password");
  },
  LIMIT,
);
