// Behind a NAT: the server cannot connect back, so the client opens the data connection, and says what to do if it cannot either.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { HASH_COST } from "../../lib/auth/users.ts";
import { Authority } from "../../lib/testing/tls-testing.ts";
import { NAT, NatNetwork, whyNoNat } from "../testing/nat.ts";
import {
  type ProgramResult,
  runProgram,
  startProgram,
  TestServer,
  waitUntil,
} from "../testing/testing.ts";

const LIMIT = 40_000;
const PASSIVE_PORTS = "40000-40009";
const SAYS_SO =
  /^ftclient: The server cannot open the data connection to port [0-9]+ of this host, so this host opens it \(--passive does so at once\)\.\n/;
const BIG = crypto
  .getRandomValues(Buffer.alloc(64 * 1024))
  .toString("base64")
  .repeat(100);

const why = whyNoNat();
if (why) test.skip(`behind a NAT (skipped: ${why})`, () => {});
else describe("behind a NAT", defineTests);

function defineTests(): void {
  /** Each test has its own, whose rules it may change. */
  let network: NatNetwork;
  beforeEach(async () => {
    network = await NatNetwork.start();
  });
  afterEach(() => network[Symbol.asyncDispose]());

  /** A server at the other side, with one small and one big file. */
  const startServer = async (
    chooseArguments: (server: TestServer) => string[] = () => [],
  ): Promise<TestServer> => {
    const server = new TestServer();
    server.prefix = network.server;
    server.createFile("root/notes.txt", "hello\n");
    server.createFile("root/big", BIG);
    server.createDirectory("client");
    return server.start("--passive-ports", PASSIVE_PORTS, ...chooseArguments(server));
  };

  const options = (server: TestServer, env: Record<string, string> = {}) => ({
    prefix: network.client,
    cwd: server.getPath("client"),
    env,
  });

  const call = (
    server: TestServer,
    args: readonly string[],
    env?: Record<string, string>,
  ): Promise<ProgramResult> =>
    runProgram("ftclient", [NAT.server, `${server.port}`, ...args], options(server, env));

  test(
    "the client gets through by itself, and says so",
    async () => {
      await using server = await startServer();
      const list = await call(server, ["-l"]);
      expect(list).toMatchObject({ exit: 0, stdout: "big\nnotes.txt\n" });
      expect(list.stderr).toMatch(SAYS_SO);
      const get = await call(server, ["-g", "notes.txt", "--timeout", "1"]);
      expect(get).toMatchObject({ exit: 0, stdout: "" });
      expect(get.stderr).toMatch(SAYS_SO);
      expect(get.stderr).toContain("notes.txt: transfer complete");
      expect(readFileSync(server.getPath("client/notes.txt"), "utf8")).toBe("hello\n");
    },
    LIMIT,
  );

  test(
    "with --passive it does so at once, with --active never; --json prints only its object",
    async () => {
      await using server = await startServer(() => ["--dial-timeout", "2"]);
      const passive = await call(server, ["-l", "--passive"]);
      expect(passive).toEqual({ exit: 0, stdout: "big\nnotes.txt\n", stderr: "" });
      const json = await call(server, ["-l", "--json", "--timeout", "1"]);
      expect(json.stderr).toBe("");
      expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, files: ["big", "notes.txt"] });
      const active = await call(server, ["-l", "--active"]);
      expect(active).toMatchObject({ exit: 6, stdout: "" });
      expect(active.stderr).toContain(
        "Most likely a firewall or NAT is in the way: leave out --active",
      );
    },
    LIMIT,
  );

  test(
    "a transfer that was cut goes on where it ended",
    async () => {
      await using server = await startServer();
      const part = server.getPath("client/.big.ftpart");
      const args = [NAT.server, `${server.port}`, "-g", "big", "--passive"];
      network.filterRouter(`flush chain ip filter forward
        add rule ip filter forward iifname server limit rate over 4 mbytes/second drop
        add rule ip filter forward accept`);
      const first = startProgram("ftclient", args, options(server));
      const hasSome = () => (statSync(part, { throwIfNoEntry: false })?.size ?? 0) > 256 * 1024;
      await waitUntil(hasSome, "the first bytes");
      first.kill("SIGINT");
      expect(await first.exited).toBe(130);
      network.filterRouter(`flush chain ip filter forward
        add rule ip filter forward ct state established accept
        add rule ip filter forward iifname client accept`);
      const second = await call(server, ["-g", "big", "--verify", "--timeout", "1"]);
      expect(second).toMatchObject({ exit: 0 });
      expect(second.stderr).toMatch(SAYS_SO);
      expect(second.stderr).toContain("were here already");
      expect(readFileSync(server.getPath("client/big"), "utf8")).toBe(BIG);
    },
    LIMIT,
  );

  test.skipIf(!Bun.which("openssl"))(
    "TLS and a login work the same way (skipped without openssl)",
    async () => {
      using authority = new Authority();
      const { certFile, keyFile } = authority.issue(`IP:${NAT.server}`);
      const hash = await Bun.password.hash("secret", HASH_COST);
      const tls = ["--tls-cert", certFile, "--tls-key", keyFile];
      await using server = await startServer((files) => {
        return ["--users", files.createFile("users", `ada:${hash}\n`), ...tls];
      });
      const args = ["-l", "--tls", "--ca", authority.root.certFile, "--user", "ada"];
      for (const mode of [["--passive"], ["--timeout", "2"]]) {
        const list = await call(server, [...args, ...mode], { FTCLIENT_PASSWORD: "secret" });
        expect(list).toMatchObject({ exit: 0, stdout: "big\nnotes.txt\n" });
      }
      const wrong = await call(server, [...args, "--passive"], { FTCLIENT_PASSWORD: "wrong" });
      expect(wrong).toMatchObject({ exit: 5, stdout: "" });
    },
    LIMIT,
  );

  test(
    "if the firewall of the server stops the other way too, the message names both ports",
    async () => {
      await using server = await startServer();
      network.filterServer(`${server.port}`);
      const list = await call(server, ["-l", "30020", "--timeout", "1"]);
      expect(list).toMatchObject({ exit: 4, stdout: "" });
      expect(list.stderr).toMatch(SAYS_SO);
      expect(list.stderr).toMatch(
        /Let one of them in: the server's connections to port 30020 of this host \(choose it as DATA_PORT\), or yours to port 4000[0-9] of the server \(its operator chooses it with ftserver --passive-ports\)\.\n$/,
      );
      network.filterServer(PASSIVE_PORTS);
      expect(await call(server, ["-l", "--timeout", "1"])).toMatchObject({ exit: 0 });
    },
    LIMIT,
  );

  test(
    "a server whose own address nobody can reach serves through the ports that its router forwards",
    async () => {
      await using server = await startServer();
      const list = (...args: string[]) =>
        runProgram(
          "ftclient",
          [NAT.inside, `${server.port}`, "-l", "--timeout", "1", ...args],
          options(server),
        );
      const forward = (ports: string) =>
        network.filterRouter(
          `add rule ip nat pre iifname client ip daddr ${NAT.inside} tcp dport ${ports} dnat to ${NAT.server}`,
        );
      network.filterRouter(`flush chain ip filter forward
        add rule ip filter forward ct state established,related accept
        add rule ip filter forward ct status dnat accept`);
      forward(`${server.port}`);
      expect(await list("--passive")).toMatchObject({ exit: 4, stdout: "" });
      forward(PASSIVE_PORTS);
      expect(await list("--passive")).toMatchObject({ exit: 0, stdout: "big\nnotes.txt\n" });
      const fallback = await list();
      expect(fallback).toMatchObject({ exit: 0, stdout: "big\nnotes.txt\n" });
      expect(fallback.stderr).toMatch(SAYS_SO);
    },
    LIMIT,
  );
}
