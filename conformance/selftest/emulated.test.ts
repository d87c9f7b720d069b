// Tests the suite on emulated programs of every family: correct ones, and ones with a chosen defect.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Defect } from "./emulated/host.ts";
import { FAMILY_LIMIT, idsWith, testEmulated } from "./emulated/test-emulated.ts";
import { findFreePort } from "../net/ports.ts";
import { longSelfTest } from "../runner/suite-selection.ts";

const program = (name: string): string => JSON.stringify(join(import.meta.dir, "emulated", name));
const ARGUMENTS = "{host} {port} {command} {file} {dataport}";

/** A defect, and the rules that it must fail. */
interface DefectCase {
  defect: Defect;
  fails: string[];
}

const FAMILIES: readonly [
  family: string,
  dialect: string,
  defects: DefectCase[],
  deviates: string[],
][] = [
  [
    "A: one request, Q by the server",
    "a-control-character",
    [
      { defect: "error-on-q", fails: ["S7.19", "S7.20"] },
      { defect: "opens-no-q", fails: ["S7.5"] },
    ],
    [],
  ],
  [
    "B: a conversation",
    "b-announced-size",
    [
      { defect: "silent-about-errors", fails: ["S7.1", "S7.19"] },
      { defect: "leaves-q-open", fails: ["S7.6"] },
    ],
    [],
  ],
  [
    "C: the client opens Q",
    "c-size-line",
    [{ defect: "drops-last-byte", fails: ["S7.10", "S7.5"] }],
    ["S7.5"],
  ],
  [
    "D: binary",
    "d-tagged-packets",
    [
      { defect: "drops-last-byte", fails: ["S7.10"] },
      { defect: "pads-with-nul", fails: ["S7.10"] },
    ],
    [],
  ],
  [
    "E: a session",
    "e-session",
    [
      { defect: "error-on-q", fails: ["S7.19"] },
      { defect: "silent-about-errors", fails: ["S7.1", "S7.19"] },
    ],
    [],
  ],
  [
    "F: no Q",
    "f-counted-text",
    [{ defect: "silent-about-errors", fails: ["S7.1", "S7.19"] }],
    ["S7.10", "S7.5", "S7.8"],
  ],
];

/** One case of each of these rules is enough here. */
const RULES = ["S7.1", "S7.5", "S7.6", "S7.8", "S7.10", "S7.19", "S7.20", "S9.1"];
const CLIENT_RULES = ["S6.1", "S7.9", "S7.15", "S7.17", "S7.23", "S8.1"];

const scratch = mkdtempSync(join(tmpdir(), "ft-emulated-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Writes the same dialect with free ports, since a fixed port may be in use on this machine. */
async function replacePorts(name: string): Promise<string> {
  const path = join(scratch, `${name}.toml`);
  const text = await Bun.file(join(import.meta.dir, "../dialects", `${name}.toml`)).text();
  await Bun.write(
    path,
    text.replace(/^(\w+Ports = )\d+$/gm, (_, key) => `${key}${findFreePort()}`),
  );
  return path;
}

longSelfTest("emulated programs", () => {
  describe.each(FAMILIES)("%s", async (_, name, defects, deviates) => {
    const dialect = await replacePorts(name);
    const server = (defect: Defect): string =>
      `bun ${program("server.ts")} ${JSON.stringify(dialect)} ${defect} {port}`;

    test.concurrent(
      `a correct server in ${name} fails only the rules that the dialect itself breaks`,
      async () => {
        expect(
          idsWith(await testEmulated("server", dialect, server("none"), RULES), "fail"),
        ).toEqual(deviates);
      },
      FAMILY_LIMIT,
    );

    test.concurrent(
      `a correct client in ${name} fails only the rules that the dialect itself breaks`,
      async () => {
        const command = `bun ${program("client.ts")} ${JSON.stringify(dialect)} ${ARGUMENTS}`;
        const results = await testEmulated("client", dialect, command, CLIENT_RULES);
        expect(idsWith(results, "fail")).toEqual(deviates.includes("S7.5") ? ["S7.23"] : []);
        expect(idsWith(results, "inconclusive")).toEqual([]);
      },
      FAMILY_LIMIT,
    );

    for (const { defect, fails } of defects) {
      test.concurrent(
        `a server with the defect ${defect} fails ${fails.join(" and ")}`,
        async () => {
          const results = await testEmulated("server", dialect, server(defect), fails, { fails });
          expect(idsWith(results, "fail")).toEqual(fails);
        },
        FAMILY_LIMIT,
      );
    }
  });

  test.concurrent(
    "bytes that the dialect does not explain are reported as a remark",
    async () => {
      const command = `bun ${program("server.ts")} a-percent chatters {port}`;
      const [result] = await testEmulated("server", "a-percent", command, ["S7.8"]);
      expect(result?.verdict).toBe("pass");
      expect(result?.remarks?.join()).toContain("how nice of you");
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a file that differs only by padding is described in another way than a wrong one",
    async () => {
      const command = `bun ${program("server.ts")} a-percent pads-with-nul {port}`;
      const rules = ["S7.10"];
      const results = await testEmulated("server", "a-percent", command, rules, { fails: rules });
      expect(results.map(({ observed }) => observed).join()).toContain("NUL padding");
    },
    FAMILY_LIMIT,
  );
});
