// A directory is removed although a program took away its permissions, and nothing outside of it changes.

import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeDirectory } from "./remove-directory.ts";

const QUICK = 10_000; // some files, on a machine that is busy
const NOBODY = 65_534;

/** Root may remove anything: then another user does the work. */
async function removeAsUser(path: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return removeDirectory(path);
  const module = JSON.stringify(join(import.meta.dir, "remove-directory.ts"));
  const code = `process.setgid(${NOBODY}); process.setuid(${NOBODY});
    const { removeDirectory } = await import(${module});
    process.exit(removeDirectory(process.argv.at(-1)) ? 0 : 1);`;
  const child = Bun.spawn([process.execPath, "-e", code, path], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return (await child.exited) === 0;
}

test(
  "directories without permissions go, and what a link names stays as it is",
  async () => {
    const here = mkdtempSync(join(tmpdir(), "ft-remove-"));
    try {
      const [outside, tree] = [join(here, "outside"), join(here, "tree")];
      mkdirSync(outside, { mode: 0o500 });
      mkdirSync(join(tree, "cache/inner"), { recursive: true });
      mkdirSync(join(tree, "locked"));
      writeFileSync(join(tree, "cache/inner/file"), "x");
      symlinkSync(outside, join(tree, "cache/link"));
      for (const name of ["cache/inner", "cache"]) chmodSync(join(tree, name), 0o555);
      chmodSync(join(tree, "locked"), 0);
      if (process.getuid?.() === 0) Bun.spawnSync(["chown", "-R", `${NOBODY}:${NOBODY}`, here]);
      expect(await removeAsUser(tree)).toBe(true);
      expect(existsSync(tree)).toBe(false);
      expect(statSync(outside).mode & 0o777).toBe(0o500);
    } finally {
      rmSync(here, { recursive: true, force: true });
    }
  },
  QUICK,
);

test.skipIf(process.platform !== "linux")(
  "what cannot be removed is an answer, and no error",
  () => {
    expect(removeDirectory("/proc/self/task")).toBe(false);
    expect(removeDirectory(join(tmpdir(), `ft-${crypto.randomUUID()}`))).toBe(true);
  },
  QUICK,
);
