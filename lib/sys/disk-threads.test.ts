// Dead disks hold a few threads, and leave the runtime's own for everything else.

import { spawnSync } from "node:child_process";
import { expect, test } from "bun:test";
import { Scratch } from "../testing/testing.ts";

/** Reads on all places from pipes that nobody writes to, then hashes a password and reads a directory. */
const SCRIPT = `
  const { openSync, readdirSync } = require("node:fs");
  const { readdir } = require("node:fs/promises");
  const all = await import(${JSON.stringify(`${import.meta.dir}/disk-threads.ts`)});
  const fd = openSync(process.argv[1], "r+");
  const countDescriptors = () => readdirSync("/proc/self/fd").length;
  const before = countDescriptors();
  const bytes = new Uint8Array(new SharedArrayBuffer(1));
  for (const threads of [all.readThreads, all.callThreads])
    for (let count = 0; count < 20; count++)
      threads.run((thread) => thread.call("readSync", fd, bytes, 0, 1, null), 9000).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  // Each thread has two or three.
  console.log(countDescriptors() - before <= 24 ? "bounded" : "too many threads");
  await readdir("/");
  console.log(await Bun.password.verify("a", await Bun.password.hash("a")));
  process.exit(0);`;

test.skipIf(process.platform !== "linux")(
  "dead disks take all their places, and other work goes on",
  async () => {
    using scratch = new Scratch();
    spawnSync("mkfifo", [scratch.at("pipe")]);
    await using child = Bun.spawn([process.execPath, "-e", SCRIPT, scratch.at("pipe")], {
      timeout: 8000,
    });
    expect(await child.stdout.text()).toBe("bounded\ntrue\n");
  },
  10_000,
);
