// Q from the client's end, by choice: what it sends, and what it says if that does not work.

import { describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { listen } from "../net/socket.ts";
import { Directory } from "../server/directory.ts";
import { defaultLimits } from "../server/limits.ts";
import { Server } from "../server/server.ts";
import {
  CONTENT,
  findClosedPort,
  HOST,
  MemorySink,
  options,
  readLine,
  servePassively,
} from "../testing/passive-script.ts";
import { catchFailure, readAll, runScript, Scratch, SOON } from "../testing/testing.ts";
import { describeTls } from "../testing/tls-testing.ts";
import { readIdentity } from "../tls/identity.ts";
import { TlsClient } from "../tls/tls-client.ts";
import { TlsServer } from "../tls/tls-server.ts";
import { fetchFile, fetchListing } from "./client.ts";
import { DataMode } from "./data-mode.ts";

describe("a client that shall open Q", () => {
  test("gets a listing and a part of a file, and listens nowhere", async () => {
    using scratch = new Scratch();
    scratch.file("a", CONTENT);
    await using server = new Server({
      ...{ address: HOST, port: 0, method: "copy", onSessionEnd: () => {} },
      directory: new Directory(scratch.path),
      limits: { ...defaultLimits(1024), linger: 500 },
    });
    using taken = listen({ address: HOST, port: 0 }, () => {});
    const passive = options(server.port, new DataMode("passive"), { dataPort: taken.port });
    expect(await fetchListing(passive)).toBe("a\n");
    const sink = new MemorySink(5);
    expect(await fetchFile(passive, "a", sink, { hash: true })).toMatchObject({ bytes: 10 });
    expect(sink.text).toBe(CONTENT.slice(5));
  }, 10_000);

  test("hears the words of a server that refuses", async () => {
    using server = runScript((p) => servePassively(p, { "-l": "425 No port is free.\n" }));
    const failure = await catchFailure(fetchListing(options(server.port, new DataMode("passive"))));
    expect(failure).toMatchObject({
      ...{ kind: "refused", code: 425, message: "No port is free." },
    });
  }, 10_000);

  test.each([
    ["500 No such command: PASV.\n", "No such command: PASV."],
    ["what is that?\n", 'The server\'s answer is not a reply of this protocol: "what is that?".'],
    ["", "The server closed the control connection without a reply."],
  ])(
    "tells that the server does not know PASV, if the answer is %j",
    async (answer, words) => {
      using server = runScript((p) => servePassively(p, { PASV: answer }));
      const failure = await catchFailure(
        fetchListing(options(server.port, new DataMode("passive"))),
      );
      expect(failure).toMatchObject({ kind: "refused" });
      expect(failure.message).toBe(
        `The server cannot wait for a data connection from here: it does not know PASV. It said: ${words} Leave out --passive.`,
      );
    },
    10_000,
  );

  test("names the port of the server that it cannot reach, and what to open", async () => {
    const port = findClosedPort();
    const answer = `229 port=${port} key=${"0".repeat(32)} Come.\n`;
    using server = runScript((p) => servePassively(p, { "-l": answer }));
    const failure = await catchFailure(fetchListing(options(server.port, new DataMode("passive"))));
    expect(failure.kind).toBe("connect");
    expect(failure.message).toContain(`Cannot connect to ${HOST}:${port}: `);
    expect(failure.message).toContain(`Let connections to port ${port} of the server in`);
  }, 10_000);

  test.each([
    ["425 Nobody came.\n", "refused", "Nobody came."],
    ["", "timeout", "The server sent no reply within 0.3 s."],
  ])(
    "names the port if something else than the server accepts connections there, and the server says %j",
    async (answer, kind, words) => {
      using proxy = listen({ address: HOST, port: 0 }, (stranger) => stranger.ignoreInput());
      const invitation = `229 port=${proxy.port} key=${"0".repeat(32)} Come.\n`;
      using server = runScript(async (p) => {
        await readLine(p);
        await p.write("350 Yes.\n", SOON);
        await readLine(p);
        await p.write(invitation + answer, SOON);
        await readAll(p);
      });
      const passive = options(server.port, new DataMode("passive"), { timeout: 300 });
      const failure = await catchFailure(fetchListing(passive));
      expect(failure.kind).toBe(kind as "refused");
      expect(failure.message).toStartWith(
        `The data connection to port ${proxy.port} of the server was opened, but did not reach the server: ${words} Let connections to port ${proxy.port} of the server in`,
      );
    },
    10_000,
  );

  test.each(["80", "0", "65536", "x"])(
    "dials no port %s",
    async (port) => {
      const answer = `229 port=${port} key=${"0".repeat(32)} Come.\n`;
      using server = runScript((p) => servePassively(p, { "-l": answer }));
      const failure = await catchFailure(
        fetchListing(options(server.port, new DataMode("passive"))),
      );
      expect(failure).toMatchObject({ kind: "protocol" });
    },
    10_000,
  );

  test("sends nothing on Q if the reply has no key", async () => {
    const accepted = Promise.withResolvers<Connection>();
    using port = listen({ address: HOST, port: 0 }, accepted.resolve);
    const answer = `229 port=${port.port} Come.\n`;
    using server = runScript((p) => servePassively(p, { "-l": answer }));
    const failure = await catchFailure(fetchListing(options(server.port, new DataMode("passive"))));
    expect(failure).toMatchObject({ kind: "protocol" });
    expect((await readAll(await accepted.promise)).length).toBe(0);
  }, 10_000);
});

describeTls("over TLS", (authority, good) => {
  const start = (scratch: Scratch) =>
    new Server({
      ...{ address: HOST, port: 0, method: "copy", onSessionEnd: () => {} },
      directory: new Directory(scratch.path),
      limits: { ...defaultLimits(1024), dial: 500, linger: 500 },
      tls: new TlsServer(readIdentity(good.certFile, good.keyFile)),
    });

  test("a client that opens Q gets the listing", async () => {
    using scratch = new Scratch();
    scratch.file("a", CONTENT);
    await using server = start(scratch);
    const tls = new TlsClient(authority.trust());
    const passive = options(server.port, new DataMode("passive"), { tls });
    expect(await fetchListing(passive)).toBe("a\n");
  }, 10_000);

  test("another certificate on Q than on P ends the transfer before the key", async () => {
    using scratch = new Scratch();
    await using server = start(scratch);
    const tls = new TlsClient(authority.trust());
    const connectP = tls.connectP.bind(tls);
    tls.connectP = async (p, ms) => {
      await connectP(p, ms);
      return "0".repeat(64); // as if P had had another one
    };
    const passive = options(server.port, new DataMode("passive"), { tls });
    const failure = await catchFailure(fetchListing(passive));
    expect(failure.message).toContain("No TLS on the data connection");
  }, 10_000);
});
