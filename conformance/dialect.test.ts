// Dialects are read, their templates work both ways, and a bad one is told what is wrong with it.

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fill, loadDialect, pattern } from "./dialect.ts";
import { frame } from "./frames.ts";

const QUICK = 5_000; // nothing here waits

test(
  "what one side fills, the other side reads",
  () => {
    const template = "-g {file} {dport}\n";
    const line = fill(template, { file: "two (2) words.txt", dport: 30021 });
    expect(line).toBe("-g two (2) words.txt 30021\n");
    expect({ ...pattern(template).exec(line)?.groups }).toEqual({
      file: "two (2) words.txt",
      dport: "30021",
    });
    expect(pattern("a.b\n").test("axb\n")).toBe(false);
    expect(() => fill("{nobody}", {})).toThrow("{nobody}");
  },
  QUICK,
);

for (const name of ["native", "plain"]) {
  test(
    `${name}.toml has all conversations, and frames that exist`,
    async () => {
      const dialect = await loadDialect(name);
      expect(dialect.name).toBe(name);
      for (const { data } of [dialect.list, dialect.get]) expect(frame(data?.frame)).toBeDefined();
    },
    QUICK,
  );
}

test(
  "a bad dialect is told file, key and what is wrong",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "ft-dialect-"));
    const path = join(folder, "mine.toml");
    try {
      writeFileSync(path, 'name = "mine"\n');
      await expect(loadDialect(path)).rejects.toThrow("mine.toml: about is missing");
      const whole = await Bun.file(join(import.meta.dir, "dialects/plain.toml")).text();
      await Bun.write(path, whole.replace('[{ send = "-x {dport}\\n" }]', '[{ sned = "-x" }]'));
      await expect(loadDialect(path)).rejects.toThrow("mine.toml: invalid: step 1 needs");
      await expect(loadDialect("nowhere")).rejects.toThrow("nowhere");
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  QUICK,
);
