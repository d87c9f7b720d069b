// Many clients that save one name at once: whatever the policy, nothing is lost, mixed or left behind.

import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { soak } from "../../lib/testing/testing.ts";
import { run, Site } from "../testing/testing.ts";

const CLIENTS = soak(8, 50);
const LIMIT = soak(30_000, 120_000);
const CONTENT = Buffer.alloc(1_000_000, "0123456789abcdef");

/** What the clients' exit statuses were, and what is in their directory afterwards. */
async function crowd(policy: string) {
  await using at = new Site();
  for (const name of ["root", "here"]) mkdirSync(at.at(name));
  at.file("root/f.bin", CONTENT);
  await at.serve();
  const cwd = at.at("here");
  const command = [...at.target, "-g", "f.bin", "--on-duplicate", policy];
  const one = async () => (await run("ftclient", command, { cwd })).exit;
  const exits = await Promise.all(Array.from({ length: CLIENTS }, one));
  const names = readdirSync(cwd);
  for (const name of names) expect(readFileSync(join(cwd, name)).equals(CONTENT)).toBe(true);
  return { exits: exits.toSorted((a, b) => a - b), names };
}

const others = Array.from({ length: CLIENTS - 1 });

test.each(["refuse", "ask"])(
  "under %s one succeeds, and the others say that the name is taken",
  async (policy) => {
    expect(await crowd(policy)).toEqual({ exits: [0, ...others.map(() => 7)], names: ["f.bin"] });
  },
  LIMIT,
);

test(
  "under rename each succeeds with a file of its own",
  async () => {
    const { exits, names } = await crowd("rename");
    expect(exits).toEqual([0, ...others.map(() => 0)]);
    const numbered = others.map((_, index) => `f.${index + 1}.bin`);
    expect(names.toSorted()).toEqual(["f.bin", ...numbered].toSorted());
  },
  LIMIT,
);

test(
  "under overwrite each succeeds, and one whole file is there",
  async () => {
    expect(await crowd("overwrite")).toEqual({
      exits: [0, ...others.map(() => 0)],
      names: ["f.bin"],
    });
  },
  LIMIT,
);
