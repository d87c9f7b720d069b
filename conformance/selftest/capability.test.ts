// An optional rule is tested if a command for it was given; otherwise it is not applicable, and never passes.

import { afterAll, expect, test } from "bun:test";
import { makeConfig } from "../subject/config.ts";
import { type TestCase, whyNotApplicable } from "../harness/test-case.ts";
import { CASES } from "../cases/all-cases.ts";
import { formatRerunCommand } from "../runner/rerun-command.ts";
import { provision, removeProvisions } from "../subject/provision.ts";
import { selfTest } from "../runner/suite-selection.ts";
import { NotApplicable } from "../spec/verdict.ts";
import { loadDialect } from "../dialect/load.ts";

const QUICK = 5_000; // these start nothing
const native = await loadDialect("native");
const config = makeConfig({
  server: "./ftserver {port}",
  client: "./ftclient {host} {port} {command} {file} {dataport}",
  dialects: { server: native, client: native },
  native: true,
  answer: "",
});

const caseOf = (id: string, role: TestCase["role"]): TestCase => {
  const found = CASES.find((one) => one.id === id && one.role === role);
  if (!found) throw new Error(`no case judges ${id}`);
  return found;
};

afterAll(removeProvisions);

selfTest("optional rules", () => {
  test.each([
    ["N6.16", "server", "a server with a login was given (--server-login or FT_SERVER_LOGIN)"],
    ["N7.26", "server", "a server with TLS was given (--server-tls or FT_SERVER_TLS)"],
    ["N6.15", "client", "a client with a login was given (--client-login or FT_CLIENT_LOGIN)"],
    ["N7.24", "client", "a client with TLS was given (--client-tls or FT_CLIENT_TLS)"],
  ] as const)(
    "%s of a %s without it",
    (id, role, why) => {
      expect(whyNotApplicable(caseOf(id, role), config)).toBe(`no command for ${why}`);
    },
    QUICK,
  );

  test(
    "a client that pins a certificate gets its fingerprint; without its command the rules are not applicable",
    async () => {
      const pinning = CASES.filter(({ needs }) => needs.includes("pin"));
      const why = pinning.map((one) => whyNotApplicable(one, config));
      expect(new Set(why)).toEqual(
        new Set([
          "no command for a client with a pinned certificate was given (--client-pin or FT_CLIENT_PIN)",
        ]),
      );
      const extras = { "client-pin": "./ftclient {host} {port} {pin}" };
      const made = await provision({ ...config, extras }, "client", "pin");
      if (made instanceof NotApplicable) return; // no openssl
      expect(made).toMatchObject({
        provisions: { values: { pin: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) } },
      });
    },
    QUICK,
  );

  test(
    "a command makes it applicable, and is in the command that tests it again",
    () => {
      const command = "./ftserver {port} {user} {password}";
      const extras = { "server-login": command };
      const one = caseOf("N6.16", "server");
      const given = { ...config, extras, options: { extras } };
      expect(whyNotApplicable(one, given)).toBeUndefined();
      expect(formatRerunCommand(one, given)).toStartWith(`FT_SERVER_LOGIN='${command}' `);
    },
    QUICK,
  );

  test(
    "the users of a server need a command that makes them",
    async () => {
      const extras = { "server-login": "./ftserver {port} {users}" };
      const made = await provision({ ...config, extras }, "server", "login");
      expect(made).toBeInstanceOf(NotApplicable);
      expect(String(made)).toContain("FT_USERS");
    },
    QUICK,
  );

  test(
    "a server that runs already cannot be given users or certificates",
    async () => {
      const extras = { "server-login": "127.0.0.1:30021" };
      expect(await provision({ ...config, extras }, "server", "login")).toBeInstanceOf(
        NotApplicable,
      );
    },
    QUICK,
  );

  test(
    "a client gets its password in its environment and on its standard input, and not in its command",
    async () => {
      const extras = { "client-login": "./ftclient {host} {port} {command} {user}" };
      const made = await provision({ ...config, extras }, "client", "login");
      if (made instanceof Error) throw made;
      const { values = {}, environment = {} } = made.provisions ?? {};
      const secret = environment["FTCLIENT_PASSWORD"] ?? "";
      expect(secret.length).toBeGreaterThan(8);
      expect(made.answer).toBe(`${secret}\n`);
      expect(Object.values(values)).toEqual(["ada"]);
    },
    QUICK,
  );
});
