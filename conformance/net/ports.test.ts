// Ports for programs under test: two runs of the suite on one machine never use the same one.

import { expect, test } from "bun:test";
import { join } from "node:path";

const LIMIT = 20_000; // two processes, on a busy machine
const PORTS = 400;

const SCRIPT = `
  const { findFreePort } = await import(${JSON.stringify(join(import.meta.dir, "ports.ts"))});
  console.log(Array.from({ length: ${PORTS} }, () => findFreePort()).join(" "));
  await Bun.stdin.text();
`;

test(
  "two processes that look for ports at the same time find different ones",
  async () => {
    const processes = [1, 2, 3].map(() =>
      Bun.spawn(["bun", "-e", SCRIPT], { stdin: "pipe", stdout: "pipe" }),
    );
    const lines = await Promise.all(
      processes.map(async ({ stdout }) => {
        const { value } = await stdout.getReader().read();
        return Buffer.from(value ?? new Uint8Array(0)).toString();
      }),
    );
    for (const { stdin } of processes) void stdin.end();
    await Promise.all(processes.map(({ exited }) => exited));
    const ports = lines.flatMap((line) => line.trim().split(" ").map(Number));
    expect(ports).toHaveLength(3 * PORTS);
    expect(new Set(ports).size).toBe(3 * PORTS);
    expect(ports.every((port) => port % 2 === 0 && port >= 20_000 && port < 32_000)).toBe(true);
  },
  LIMIT,
);
