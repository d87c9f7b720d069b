// A symbolic link that another process swaps in many times never leads out of the directory.

import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { Directory } from "./directory.ts";
import { Failure } from "../errors.ts";
import { Scratch, soak } from "../testing/testing.ts";

/** How long the attack runs, in ms: a check before the open would leak thousands of times in this time. */
const ATTACK = soak(700, 5000);

/** Exchanges two names in one step, as fast as it can (renameat2(2), RENAME_EXCHANGE, from the current directory). */
const ATTACKER = `
  const { dlopen, ptr } = require("bun:ffi");
  const args = ["i32", "ptr", "i32", "ptr", "u32"];
  const { renameat2 } = dlopen("libc.so.6", { renameat2: { args, returns: "i32" } }).symbols;
  const [a, b] = ["a", "b"].map((name) => Buffer.from(name + "\\0"));
  if (renameat2(-100, ptr(a), -100, ptr(b), 2) !== 0) process.exit(1);
  console.log("swapping");
  for (const end = Date.now() + 8000; Date.now() < end;)
    for (let count = 0; count < 1000; count++) renameat2(-100, ptr(a), -100, ptr(b), 2);`;

test.skipIf(process.platform !== "linux")(
  "a link that is swapped in never leads to the file behind it",
  async () => {
    using scratch = new Scratch();
    const root = scratch.at("root");
    mkdirSync(root);
    writeFileSync(`${root}/a`, "inside");
    symlinkSync(scratch.file("canary", "outside"), `${root}/b`);
    await using attacker = Bun.spawn([process.execPath, "-e", ATTACKER], {
      cwd: root,
      timeout: 9000,
    });
    await attacker.stdout.getReader().read();
    const directory = new Directory(root);
    const counts = { served: 0, refused: 0 };
    const attack = async () => {
      for (let count = 0; count < 500; count++) {
        try {
          using file = await directory.open("a");
          if (readFileSync(file.fd, "utf8") !== "inside") throw new Error("the canary leaked");
          counts.served++;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.code).toBe(550);
          counts.refused++;
        }
      }
      return performance.now() > end;
    };
    const end = performance.now() + ATTACK;
    while (!(await attack())) await Bun.sleep(0);
    expect(counts.served).toBeGreaterThan(0);
    expect(counts.refused).toBeGreaterThan(0);
  },
  20_000,
);
