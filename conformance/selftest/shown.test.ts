// Tests what published programs showed, with emulated programs: the suite once testEmulated each of them wrongly.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FAMILY_LIMIT, idsWith, testEmulated } from "./emulated/test-emulated.ts";
import { longSelfTest } from "../runner/suite-selection.ts";

const program = (name: string): string => JSON.stringify(join(import.meta.dir, "emulated", name));
const ARGUMENTS = "{host} {port} {command} {file} {dataport}";

const scratch = mkdtempSync(join(tmpdir(), "ft-shown-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The server tells the size on P, the client confirms it, and the file comes on P. */
const ON_P = `
name = "on-p"
about = "Size and file on P, and no Q."
[list]
steps = [{ send = "-l\\n" }]
data = { on = "P", frame = "close" }
[get]
steps = [{ send = "-g {file}\\n" }, { say = "SIZE {size}\\n", missing = "NO such file\\n" }, { send = "GO\\n" }]
data = { on = "P", frame = "length", size = "{size}" }
[invalid]
steps = [{ send = "-x\\n" }]
[errors.invalid]
say = "BAD command\\n"
`;

longSelfTest("published programs", () => {
  test.concurrent(
    "a server that accepts Q after an invalid command fails S7.2, although the client dials",
    async () => {
      const command = `bun ${program("server.ts")} c-binary-fields none {port}`;
      const results = await testEmulated("server", "c-binary-fields", command, ["S7.2"], {
        fails: ["S7.2"],
      });
      expect(idsWith(results, "fail")).toEqual(["S7.2"]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a server without Q fails S7.5, although it serves nobody",
    async () => {
      const closed = join(scratch, "closed.toml");
      const path = join(import.meta.dir, "../dialects", "f-counted-text.toml");
      await Bun.write(closed, (await Bun.file(path).text()).replaceAll("proceed", "invalid"));
      const command = `bun ${program("server.ts")} ${JSON.stringify(closed)} none {port}`;
      const results = await testEmulated("server", "f-counted-text", command, ["S7.5"], {
        fails: ["S7.5"],
      });
      expect(idsWith(results, "fail")).toEqual(["S7.5"]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "S5.2 is inconclusive for a server that serves nobody",
    async () => {
      // It speaks another dialect, so the request is an invalid command to it.
      const command = `bun ${JSON.stringify(join(import.meta.dir, "variants", "honest-server.ts"))} {port}`;
      const results = await testEmulated("server", "a-port-first", command, ["S5.2"]);
      expect(idsWith(results, "fail")).toEqual([]);
      expect(idsWith(results, "inconclusive")).toEqual(["S5.2"]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "the suite waits for Q, although P has ended before",
    async () => {
      const dialect = (name: string, pause: string): Promise<string> => {
        const steps = `{ q = "accept" }, { say = "1" }, ${pause}{ say = "{pad32 :{size}}", on = "Q" }`;
        const conversation = (kind: string, word: string): string =>
          `[${kind}]\nsteps = [{ send = "${word} {dport}" }, ${steps}]\n` +
          `data = { frame = "length", size = "{size}" }\n`;
        const rest = `[invalid]\nsteps = [{ send = "-x {dport}" }]\n`;
        const text = `name = "x"\nabout = "x"\n${conversation("list", "-l")}${conversation("get", "-g {file}")}${rest}`;
        const path = join(scratch, `${name}.toml`);
        return Bun.write(path, text).then(() => path);
      };
      const server = await dialect("early", '{ close = "P" }, { sleep = 300 }, ');
      const command = `bun ${program("server.ts")} ${JSON.stringify(server)} none {port}`;
      const results = await testEmulated("server", await dialect("heard", ""), command, ["S7.10"]);
      expect(idsWith(results, "pass")).toEqual(["S7.10"]);
      expect(idsWith(results, "fail")).toEqual([]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "`host and port alone` is not applicable to a client that reads the rest from its standard input",
    async () => {
      const session = join(scratch, "session.sh");
      const check = `[ $# = 2 ] || { echo "usage: HOST PORT"; exit 2; }`;
      await Bun.write(
        session,
        `${check}\nexec bun ${program("client.ts")} plain "$1" "$2" -l 30020\n`,
      );
      const command = `sh ${JSON.stringify(session)} {host} {port}`;
      const results = await testEmulated("client", "plain", command, ["S3.1"]);
      const verdicts = Object.fromEntries(results.map(({ title, verdict }) => [title, verdict]));
      expect(verdicts).toEqual({
        "no argument at all": "pass",
        "no SERVER_HOST": "pass",
        "no SERVER_PORT": "pass",
        "no command": "not-applicable",
        "host and port alone": "not-applicable",
      });
    },
    FAMILY_LIMIT,
  );

  test.concurrent.each([
    ["b-ready-word", []],
    ["b-name-on-q", ["S6.1"]],
  ])(
    "a word on Q without a name or a port is no part of the command: %s fails %p",
    async (dialect, fails) => {
      const command = `bun ${program("client.ts")} ${dialect} ${ARGUMENTS}`;
      const results = await testEmulated("client", dialect, command, ["S6.1"], { fails });
      expect(idsWith(results, "fail")).toEqual(fails);
      expect(idsWith(results, "inconclusive")).toEqual([]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a client that is silent about an error fails S7.4, also if the dialect fixes the error text",
    async () => {
      const silent = join(scratch, "silent.sh");
      await Bun.write(silent, `exec bun ${program("client.ts")} "$@" >/dev/null 2>&1\n`);
      const command = `sh ${silent} a-prose ${ARGUMENTS}`;
      const fails = ["S7.4"];
      const results = await testEmulated("client", "a-prose", command, fails, { fails });
      expect(idsWith(results, "fail")).toEqual(fails);
      const loud = `bun ${program("client.ts")} a-prose ${ARGUMENTS}`;
      expect(idsWith(await testEmulated("client", "a-prose", loud, ["S7.4"]), "pass")).toEqual([
        "S7.4",
      ]);
    },
    FAMILY_LIMIT,
  );

  test.concurrent(
    "a client that prints the same words with and without an error fails S7.4",
    async () => {
      const command = `bun ${program("same-words-client.ts")} a-prose ${ARGUMENTS}`;
      const fails = ["S7.4"];
      const results = await testEmulated("client", "a-prose", command, fails, { fails });
      expect(results.map(({ verdict }) => verdict)).toEqual(["fail", "fail"]);
    },
    FAMILY_LIMIT,
  );

  describe("without Q", async () => {
    const dialect = join(scratch, "on-p.toml");
    await Bun.write(dialect, ON_P);
    const client = (name: string): string =>
      `bun ${program(name)} ${JSON.stringify(dialect)} ${ARGUMENTS}`;
    const rules = ["S7.18", "S8.2", "S8.3"];

    test.concurrent(
      "a client that waits for ever for its answer and keeps half a file is caught",
      async () => {
        const command = client("patient-client.ts");
        const results = await testEmulated("client", dialect, command, rules, { fails: rules });
        expect(idsWith(results, "fail")).toEqual(rules);
      },
      FAMILY_LIMIT,
    );

    test.concurrent(
      "a client that gives up and keeps nothing of half a file is right",
      async () => {
        const results = await testEmulated("client", dialect, client("client.ts"), rules);
        expect(idsWith(results, "fail")).toEqual([]);
        expect(idsWith(results, "inconclusive")).toEqual([]);
      },
      FAMILY_LIMIT,
    );
  });
});
