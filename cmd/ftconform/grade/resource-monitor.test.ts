// Runs that take too much are told apart from those beside them; what a run leaves behind is found and ended.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { diskUse } from "./disk.ts";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLeftovers, killLeftovers } from "./kill-leftovers.ts";
import { ResourceMonitor } from "./resource-monitor.ts";

/** Processes that start at once and are killed at once, on a machine that is busy. */
const LIMIT = 20_000;
const GIB = 1024 ** 3;
let first: string;
let second: string;

beforeEach(() => {
  [first, second] = [0, 1].map(() =>
    realpathSync(mkdtempSync(join(tmpdir(), "ftconform-watch-"))),
  ) as [string, string];
});
afterEach(async () => {
  for (const directory of [first, second]) {
    await killLeftovers(directory);
    rmSync(directory, { recursive: true, force: true });
  }
});

/** A shell with some children; all of them carry the run's directory in their environment. */
async function crowd(directory: string, children: number): Promise<void> {
  // No process but these: one that comes and goes would be counted for one that is still to come.
  const line = `${"sleep 62 & ".repeat(children)} wait`;
  const env = { PATH: Bun.env["PATH"], TMPDIR: `${directory}/work` };
  Bun.spawn(["sh", "-c", line], { env, detached: true, stdio: ["ignore", "ignore", "ignore"] });
  // A process that changes into another program has no environment for a moment: what was seen once counts.
  let seen = 0;
  for (let looks = 0; looks < 200 && seen < children + 1; looks++) {
    seen = findLeftovers(directory).length;
    await Bun.sleep(20);
  }
  expect(seen).toBeGreaterThanOrEqual(children + 1);
}

test(
  "too many bytes on the disk stop the run that wrote them, and no other",
  () => {
    const stopped: string[] = [];
    using watch = new ResourceMonitor(GIB, 100, 65_536);
    using _ = watch.add(first, 0, (why) => stopped.push(`first: ${why}`));
    using __ = watch.add(second, 0, (why) => stopped.push(`second: ${why}`));
    mkdirSync(join(first, "deep"));
    writeFileSync(join(first, "deep", "flood"), Buffer.alloc(100_000, 1));
    writeFileSync(join(second, "little"), Buffer.alloc(10_000, 1));
    watch.look();
    expect(stopped).toEqual(["first: more than 0 MiB of files"]);
  },
  LIMIT,
);

test(
  "names without bytes count, and nothing is counted beyond what is enough",
  () => {
    for (let at = 0; at < 100; at++) writeFileSync(join(first, `${at}`), "");
    expect(diskUse(first, GIB)).toBe(100 * 4096);
    expect(diskUse(first, 10_000)).toBe(3 * 4096);
  },
  LIMIT,
);

describe.skipIf(process.platform !== "linux")("with /proc", () => {
  test(
    "the run with too many processes is stopped, and no other",
    async () => {
      const stopped: string[] = [];
      using watch = new ResourceMonitor(GIB, 4);
      using _ = watch.add(first, 0, (why) => stopped.push(`first: ${why}`));
      using __ = watch.add(second, 0, (why) => stopped.push(`second: ${why}`));
      await Promise.all([crowd(first, 5), crowd(second, 2)]);
      watch.look();
      expect(new Set(stopped)).toEqual(new Set(["first: more than 4 processes"]));
    },
    LIMIT,
  );

  test(
    "too much memory counts as well",
    async () => {
      const stopped: string[] = [];
      using watch = new ResourceMonitor(1, 100);
      using _ = watch.add(first, 0, (why) => stopped.push(why));
      await crowd(first, 1);
      watch.look();
      expect(stopped[0]).toBe("more than 0 MiB of memory");
    },
    LIMIT,
  );

  test(
    "sweeping ends what a run has left, by environment or by directory, and nothing else",
    async () => {
      await Promise.all([crowd(first, 3), crowd(second, 1)]);
      mkdirSync(join(first, "work"));
      const bare = { env: {}, cwd: join(first, "work"), detached: true } as const;
      const hidden = Bun.spawn([Bun.which("sleep") ?? "sleep", "62"], { ...bare });
      await killLeftovers(first);
      expect(findLeftovers(first)).toEqual([]);
      await hidden.exited;
      expect(hidden.signalCode).toBe("SIGKILL");
      expect(findLeftovers(second).length).toBe(2);
    },
    LIMIT,
  );
});
