// TLS on Q, for a client that has it: which server it trusts, and how it proves itself.

import type { CaseContext } from "../../harness/context.ts";
import { findEnd } from "../evidence.ts";
import { expectCloseNotify, mustOn } from "../expectations.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { getCertificates } from "../../subject/certificates.ts";
import type { Connection } from "../../net/connection.ts";
import { sendEnd, expectNothingSaved, expectSaved, TEXT } from "../../peer/native-server.ts";
import type { DialectServer } from "../../peer/server.ts";
import {
  sendContentsOverTls,
  dialQOverTls,
  loadGoodCertificate,
  serveGetOverTls,
  createQKey,
} from "../../peer/native-server-tls.ts";
import { must, need } from "../../spec/verdict.ts";

/** Sends these bytes on Q and ends the transfer, as a server does that has sent everything. */
function finishTransfer(server: DialectServer, q: Connection, bytes: Uint8Array = TEXT): void {
  q.send(bytes);
  q.finish();
  sendEnd(server);
}

const option = { role: "client", needs: ["tls"] } as const;

const rejects = (
  id: string,
  title: string,
  act: (server: DialectServer) => Promise<void>,
  isLong = false,
): TestCase =>
  rule(
    id,
    title,
    async (context) => expectNothingSaved(context, await serveGetOverTls(context, act)),
    { ...option, isLong },
  );

/** The certificate has the same issuer and name, but it is not the one of P. */
async function useOtherCertificate(server: DialectServer): Promise<void> {
  const other = (await getCertificates()).pair("other");
  const q = await dialQOverTls(server);
  await q.startTls({ part: "server", ...other }, server.context.timeouts.reply);
  finishTransfer(server, q);
}

async function sendInTheClear(server: DialectServer): Promise<void> {
  finishTransfer(server, await dialQOverTls(server));
}

/** The first bytes come before the handshake, so TLS does not protect them. */
async function sendBeforeHandshake(server: DialectServer): Promise<void> {
  const q = await server.dialQ();
  q.send(TEXT.subarray(0, 9));
  await Bun.sleep(server.context.timeouts.quiet / 3);
  server.say(`150 bytes={size} port={qport} version=v1 key=${createQKey()} the file comes\n`);
  const done = await q.startTls(
    { part: "server", ...(await loadGoodCertificate()) },
    server.context.timeouts.reply,
  );
  finishTransfer(server, q, done ? TEXT.subarray(9) : new Uint8Array(0));
}

/** All bytes have arrived, and 226. But anybody on the way can send this FIN. */
async function endWithoutNotify(server: DialectServer): Promise<void> {
  await sendContentsOverTls(server, (q) => q.tls?.truncate());
  sendEnd(server);
}

async function expectKey(context: CaseContext): Promise<void> {
  const key = createQKey();
  await serveGetOverTls(context, async (server) => {
    const q = await dialQOverTls(server, key);
    const done = await q.startTls(
      { part: "server", ...(await loadGoodCertificate()) },
      context.timeouts.reply,
    );
    need(done, "N7.24", "the client did not finish the TLS handshake on Q");
    await context.waitFor(
      "the key",
      context.timeouts.reply,
      () => q.length >= key.length || q.hasEnded,
    );
    await context.happensWithin(() => q.length > key.length || q.hasEnded, context.timeouts.quiet);
    mustOn(q, q.text === key, `only ${key} on Q`);
    must(!q.hasEnded, "the client keeps its direction of Q open", "it ended it", findEnd(q));
    finishTransfer(server, q);
  });
}

async function expectBothNotified(context: CaseContext): Promise<void> {
  let q: Connection | undefined;
  const result = await serveGetOverTls(context, async (server) => {
    q = await sendContentsOverTls(server);
    sendEnd(server);
  });
  expectSaved(context, result);
  for (const connection of [result.p, q]) {
    if (!connection) continue;
    await context.waitFor("the client's end", context.timeouts.close, () => connection.hasEnded);
    expectCloseNotify(connection);
  }
}

export const cases: TestCase[] = [
  rejects("N7.24", "another certificate of the same issuer and name", useOtherCertificate),
  rejects("N7.24", "the file is sent in the clear", sendInTheClear),
  rejects("N7.24", "bytes come before the handshake", sendBeforeHandshake),
  rule("N7.25", "what the client sends on Q", expectKey, option),
  rejects("N7.27", "all bytes, then a FIN without close_notify", endWithoutNotify, true),
  rule("N7.27", "the ends of P and Q", expectBothNotified, option),
];
