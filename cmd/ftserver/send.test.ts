// How a file leaves the server: by sendfile(2) if the system has it, and otherwise by copies.

import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { runProgram, TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 30_000;
const SIZE = 1024 * 1024;

/** Fetches a file. Returns how many of its bytes sendfile(2) has sent. */
async function countSentByKernel(...args: string[]): Promise<number> {
  await using server = new TestServer();
  server.createFile("root/large.bin", Buffer.alloc(SIZE, "x"));
  await server.start(...args);
  const trace = server.getPath("trace");
  const options = ["-f", "-qq", "-e", "trace=sendfile", "-o", trace, "-p", String(server.pid)];
  const strace = Bun.spawn(["strace", ...options], { stderr: "ignore", timeout: LIMIT / 2 });
  await waitUntil(() => isTraced(server.pid), "the start of strace");
  const client = ["-g", "large.bin", "-o", "/dev/null"];
  expect(await runProgram("ftclient", [...server.endpoint, ...client])).toMatchObject({ exit: 0 });
  await server.stop("SIGINT");
  await strace.exited;
  const counts = [...readFileSync(trace, "utf8").matchAll(/sendfile.* = ([0-9]+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** strace may watch a program that it has not started, if we are root or the system allows that (Yama). */
function canTrace(): boolean {
  const yama = "/proc/sys/kernel/yama/ptrace_scope";
  const isAllowed = process.getuid?.() === 0 || !existsSync(yama);
  if (!isAllowed && readFileSync(yama, "utf8").trim() !== "0") return false;
  return Bun.spawnSync(["strace", "-o", "/dev/null", "true"]).exitCode === 0;
}

function isTraced(pid: number): boolean {
  return /^TracerPid:\s*[1-9]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

test.skipIf(process.platform !== "linux" || !Bun.which("strace") || !canTrace())(
  "the kernel sends a file that is in memory; with --send copy it sends none of it (needs strace, and the right to use it)",
  async () => {
    // When the socket is full, a few KiB are written to learn when it has room again.
    expect(await countSentByKernel()).toBeWithin(SIZE / 2, SIZE + 1);
    expect(await countSentByKernel("--send", "copy")).toBe(0);
  },
  LIMIT,
);
