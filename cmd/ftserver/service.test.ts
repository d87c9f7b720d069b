// ftserver as a service: the example for systemd is valid, the manager is told the state, and root is warned.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { canReceiveDatagrams, DatagramReceiver } from "../../lib/testing/datagram-receiver.ts";
import { Arguments } from "../cli/arguments.ts";
import { program } from "../ftserver.ts";
import { runProgram, TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 20_000;

const unit = readFileSync(join(import.meta.dir, "ftserver.service"), "utf8");
const command = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
const analyze = Bun.which("systemd-analyze");

test("the example for systemd gives ftserver valid arguments", () => {
  expect(command[0]).toEndWith("/ftserver");
  expect(new Arguments(program, command.slice(1)).port("server-port", 1)).toBeGreaterThan(1023);
});

test.skipIf(!analyze)(
  "systemd finds no fault in the example (needs systemd-analyze)",
  async () => {
    await using files = new TestServer();
    // The program need not be installed here, but the path must be one of a program.
    const text = unit.replace(command[0] ?? "", process.execPath);
    const path = files.createFile("ftserver.service", text);
    const words = [analyze ?? "", "verify", "--man=no", path];
    await using child = Bun.spawn(words, { stderr: "pipe", timeout: LIMIT / 2 });
    expect(await child.stderr.text()).toBe("");
    expect(await child.exited).toBe(0);
  },
  LIMIT,
);

test.skipIf(!canReceiveDatagrams).each([
  ["one process", []],
  ["workers", ["--workers", "2"]],
])(
  "an ftserver of %s tells its manager when it listens, and when it stops",
  async (_, more) => {
    await using server = new TestServer();
    const path = server.getPath("notify");
    using manager = new DatagramReceiver(path);
    server.env = { NOTIFY_SOCKET: path };
    await server.start(...more);
    const received: string[] = [];
    const receive = (wanted: string) =>
      waitUntil(() => {
        const text = manager.receive();
        if (text !== undefined) received.push(text);
        return text === wanted;
      }, wanted);
    await receive("READY=1");
    expect(await server.stop("SIGTERM")).toBe(0);
    await receive("STOPPING=1");
    expect(received).toEqual(["READY=1", "STOPPING=1"]);
  },
  LIMIT,
);

/** Starts an ftserver that inherits a listening socket, as systemd hands it over. The test keeps none. */
function startWithSocket(server: TestServer, ...args: string[]) {
  const socket = { data() {} };
  const listener = Bun.listen({ hostname: "127.0.0.1", port: server.port, socket });
  const { fd } = listener as unknown as { readonly fd: number }; // missing in Bun's types
  const script = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"';
  const source = join(import.meta.dir, "../ftserver.ts");
  const words = [source, String(server.port), server.getPath("root"), ...args];
  const child = Bun.spawn(["sh", "-c", script, process.execPath, ...words], {
    env: { PATH: Bun.env["PATH"] ?? "" },
    stdio: ["ignore", "ignore", "pipe", fd],
    timeout: LIMIT,
  });
  listener.stop();
  return child;
}

test.skipIf(process.platform !== "linux")(
  "an ftserver serves on the socket that a manager has opened",
  async () => {
    await using server = new TestServer();
    server.createFile("root/notes.txt", "hello\n");
    await using child = startWithSocket(server);
    for (let client = 0; client < 3; client++) {
      const args = [...server.endpoint, "-g", "notes.txt", "-o", "-"];
      expect(await runProgram("ftclient", args)).toMatchObject({ exit: 0, stdout: "hello\n" });
    }
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    expect(await child.stderr.text()).toContain('"event":"listening"');
  },
  LIMIT,
);

test.skipIf(process.platform !== "linux")(
  "workers cannot share the socket of a manager",
  async () => {
    await using server = new TestServer();
    await using child = startWithSocket(server, "--workers", "2");
    expect(await child.exited).toBe(2);
    expect(await child.stderr.text()).toContain("--workers cannot be used with the socket");
  },
  LIMIT,
);

test(
  "a manager that cannot be told is a warning",
  async () => {
    await using server = new TestServer();
    server.env = { NOTIFY_SOCKET: server.getPath("none") };
    await server.start();
    expect(await server.stop("SIGTERM")).toBe(0);
    expect(server.log.join("\n")).toContain("cannot be told READY=1");
  },
  LIMIT,
);

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)(
  "root is warned (needs root)",
  async () => {
    await using server = new TestServer();
    await server.start();
    await server.stop("SIGTERM");
    expect(server.log.join("\n")).toContain("keeps all rights of root");
  },
  LIMIT,
);
