// Emulated programs of every family go the whole way, from the command line to the verdict, with chosen defects.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { CASES } from "./catalogue.ts";
import { loadDialect } from "./written.ts";
import type { Defect } from "./emulated/host.ts";
import { alone } from "./judge.ts";
import { ATTEMPT_LIMIT } from "./patience.ts";
import { freePort } from "./ports.ts";
import { long } from "./proving.ts";
import type { Result } from "./result.ts";
import { Pool } from "./pool.ts";
import { trial } from "./trial.ts";

/** Once more than for a real subject: these conversations have pauses in place of ends, which a busy machine stretches. */
const ATTEMPTS = 3;

/** A few cases side by side with those of all other families, each with all its attempts. */
const FAMILY_LIMIT = 4 * ATTEMPT_LIMIT;

const pool = new Pool(6);
/** Programs whose ports are fixed take turns, whatever is asked of them. */
const queues = new Map<string, Pool>();

function placesFor(dialect: string, bed: Bench): Pool {
  const queue = queues.get(dialect) ?? new Pool(1);
  queues.set(dialect, queue);
  return alone(bed) ? queue : pool;
}

const program = (name: string): string => JSON.stringify(join(import.meta.dir, "emulated", name));
const ARGUMENTS = "{host} {port} {command} {file} {dataport}";

/** What a defect is to fail, what is told beside the verdict, and in which dialect it is shown. */
interface Shown {
  defect: Defect;
  fails: string[];
  remark?: RegExp;
}

const FAMILIES: readonly [family: string, dialect: string, shown: Shown[], deviates: string[]][] = [
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

async function judged(
  role: "server" | "client",
  dialect: string,
  command: string,
  rules: readonly string[],
): Promise<Result[]> {
  const spoken = await loadDialect(dialect);
  // Megabytes take long in lines, and are tried with our own programs.
  const brief = { ...spoken, abilities: { ...spoken.abilities, maxFile: 100_000 } };
  const dialects = { server: brief, client: brief };
  const bed = { [role]: command, dialects, native: false, strict: false, answer: "" };
  const cases = CASES.filter((one) => one.role === role && rules.includes(one.id));
  const places = placesFor(dialect, bed);
  return Promise.all(cases.map((one) => places.run(() => trial(one, bed, ATTEMPTS))));
}

const ids = (results: readonly Result[], verdict: Result["verdict"]): string[] =>
  [...new Set(results.filter((one) => one.verdict === verdict).map(({ id }) => id))].sort();

const scratch = mkdtempSync(join(tmpdir(), "ft-emulated-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A fixed port may be taken on this machine: the same dialect with others. */
async function moved(name: string): Promise<string> {
  const path = join(scratch, `${name}.toml`);
  const text = await Bun.file(join(import.meta.dir, "dialects", `${name}.toml`)).text();
  await Bun.write(
    path,
    text.replace(/^(\w+Ports = )\d+$/gm, (_, key) => `${key}${freePort()}`),
  );
  return path;
}

long("emulated programs", () => {
  describe.each(FAMILIES)("%s", async (_, name, shown, deviates) => {
    const dialect = await moved(name);
    const server = (defect: Defect): string =>
      `bun ${program("server.ts")} ${JSON.stringify(dialect)} ${defect} {port}`;

    test.concurrent(
      `an honest server in ${name} fails only what the dialect itself gets wrong`,
      async () => {
        expect(ids(await judged("server", dialect, server("none"), RULES), "fail")).toEqual(
          deviates,
        );
      },
      FAMILY_LIMIT,
    );

    test.concurrent(
      `a client in ${name} is played to`,
      async () => {
        const command = `bun ${program("client.ts")} ${JSON.stringify(dialect)} ${ARGUMENTS}`;
        const results = await judged("client", dialect, command, CLIENT_RULES);
        expect(ids(results, "fail")).toEqual(deviates.includes("S7.5") ? ["S7.23"] : []);
        expect(ids(results, "no-verdict")).toEqual([]);
      },
      FAMILY_LIMIT,
    );

    for (const { defect, fails } of shown) {
      test.concurrent(
        `a server that ${defect} fails ${fails.join(" and ")}`,
        async () => {
          const results = await judged("server", dialect, server(defect), fails);
          expect(ids(results, "fail")).toEqual(fails);
        },
        FAMILY_LIMIT,
      );
    }
  });

  test.concurrent(
    "bytes that the dialect does not explain are told beside the verdict",
    async () => {
      const command = `bun ${program("server.ts")} a-percent chatters {port}`;
      const [result] = await judged("server", "a-percent", command, ["S7.8"]);
      expect(result?.verdict).toBe("pass");
      expect(result?.remarks?.join()).toContain("how nice of you");
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a file that differs only by padding is told apart from a wrong one",
    async () => {
      const command = `bun ${program("server.ts")} a-percent pads-with-nul {port}`;
      const results = await judged("server", "a-percent", command, ["S7.10"]);
      expect(results.map(({ observed }) => observed).join()).toContain("NUL padding");
    },
    FAMILY_LIMIT,
  );
});
