// Programs that the suite once judged wrongly, each with the verdict that it must get.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { longSelfTest } from "../runner/suite-selection.ts";
import type { Result } from "../runner/result.ts";
import type { Defect } from "./emulated/host.ts";
import { FAMILY_LIMIT, idsWith, testEmulated } from "./emulated/test-emulated.ts";

const scratch = mkdtempSync(join(tmpdir(), "ft-verdicts-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const quote = (...path: string[]): string => JSON.stringify(join(import.meta.dir, ...path));
const ARGUMENTS = "{host} {port} {command} {file} {dataport}";

interface Parts {
  start?: string;
  end?: string;
  q?: "accept" | "connect";
  /** More steps of a get. */
  get?: string;
  rest?: string;
  /** What stands behind the steps of list and get. */
  list?: string;
  file?: string;
}

/** Writes a dialect of one line, from some parts. */
async function dialectOf(name: string, parts: Parts): Promise<string> {
  const {
    start = "",
    end = "\\n",
    q = "accept",
    get = "",
    rest = "",
    list = "",
    file = "",
  } = parts;
  const steps = (send: string, more = ""): string =>
    `steps = [${start}{ send = "${send}${end}" }, { q = "${q}" }${more}]\n`;
  const text =
    `name = "${name}"\nabout = "x"\n[list]\n${steps("-l {dport}")}${list}\n` +
    `[get]\n${steps("-g {file} {dport}", get)}${file}\n` +
    `[invalid]\nsteps = [${start}{ send = "-x${end}" }]\n${rest}`;
  const path = join(scratch, `${name}.toml`);
  await Bun.write(path, text);
  return path;
}

const judgeServer = (
  dialect: string,
  defect: Defect,
  rules: string[],
  fails: readonly string[] = [],
): Promise<Result[]> =>
  testEmulated(
    "server",
    dialect,
    `bun ${quote("emulated", "server.ts")} ${JSON.stringify(dialect)} ${defect} {port}`,
    rules,
    { fails },
  );

const judgeClient = (
  dialect: string,
  program: string,
  rules: string[],
  expectation: { scale?: number; fails?: string[] } = {},
): Promise<Result[]> =>
  testEmulated("client", dialect, `bun ${program} ${ARGUMENTS}`, rules, expectation);

longSelfTest("programs that were judged wrongly", () => {
  test.concurrent.each([
    ["closes-p", ["S8.5"]],
    ["none", []],
  ] as const)(
    "a server that %s, if the client takes its leave with a word: fails %j",
    async (defect, fails) => {
      const dialect = await dialectOf(`leave-${defect}`, { list: 'after = [{ send = "EXIT" }]' });
      const results = await judgeServer(dialect, defect, ["S8.5"], fails);
      expect(idsWith(results, "fail")).toEqual([...fails]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent.each(["adds-a-byte", "adds-a-byte-late"] as const)(
    "%s behind an announced file fails S7.10, in whatever segment it comes",
    async (defect) => {
      const get = ', { say = "{size}\\n" }';
      for (const frame of ["length", "pieces"]) {
        const piece = frame === "pieces" ? 'piece = "{data}", max = 512, ' : "";
        const file = `data = { frame = "${frame}", ${piece}size = "{size}" }`;
        const dialect = await dialectOf(`${defect}-${frame}`, { get, file });
        const rules = ["S7.10", "S7.12", "S7.6"];
        const results = await judgeServer(dialect, defect, rules, ["S7.10"]);
        expect(idsWith(results, "fail")).toEqual(["S7.10"]);
      }
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a missing byte is told, although the file comes on P",
    async () => {
      const results = await judgeServer("f-counted-text", "drops-last-byte", ["S7.10"], ["S7.10"]);
      expect(results.map(({ observed }) => observed).join()).toContain("it ends at byte");
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a crash is told with every result that it spoils",
    async () => {
      const dialect = await dialectOf("crash", {});
      const rules = ["S7.2", "S7.8", "S7.10", "S9.1"];
      const results = await judgeServer(dialect, "crashes", rules, rules);
      expect(results.length).toBeGreaterThan(4);
      expect(results.map(({ crash }) => crash?.signal)).toEqual(results.map(() => "SIGSEGV"));
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a dead server accepts no Q of a client that opens it",
    async () => {
      const dialect = await dialectOf("opens-q", { q: "connect" });
      const results = await judgeClient(dialect, quote("emulated", "q-opening-client.ts"), [
        "S8.2",
        "S8.3",
      ]);
      expect(idsWith(results, "fail")).toEqual([]);
      expect(idsWith(results, "pass")).toEqual(["S8.2", "S8.3"]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a request that the dialect does not know fails S6.1, and nothing else can be judged",
    async () => {
      const dialect = await dialectOf("hello", { start: '{ send = "hello\\n" }, ' });
      const rules = ["S6.1", "S7.9", "S8.2"];
      const results = await judgeClient(dialect, `${quote("emulated", "client.ts")} plain`, rules);
      expect(idsWith(results, "fail")).toEqual(["S6.1"]);
      expect(idsWith(results, "pass")).toEqual([]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "S8.4 asks for no exit status of an error that nobody tells",
    async () => {
      const rest = '[errors.missing]\non = "none"\nq = true\n';
      const dialect = await dialectOf("untold", { rest });
      const client = `${quote("emulated", "client.ts")} ${JSON.stringify(dialect)}`;
      const results = await judgeClient(dialect, client, ["S8.4"]);
      expect(idsWith(results, "pass")).toEqual(["S8.4"]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "S6.2 fails a client that listens while the suite waits for the end of its command",
    async () => {
      const dialect = await dialectOf("bare", { end: "" });
      const client = quote("mutants", "client-listens-soon.ts");
      const results = await judgeClient(dialect, client, ["S6.2"], {
        scale: 3,
        fails: ["S6.2"],
      });
      expect(idsWith(results, "fail")).toEqual(["S6.2"]);
    },
    FAMILY_LIMIT,
  );
});
