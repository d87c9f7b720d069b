// A get over TLS that the suite serves by hand, with every part of it in a case's reach.

import type { CaseContext } from "../harness/context.ts";
import { certificates, type CertificatePair } from "../subject/certificates.ts";
import type { Connection } from "../net/connection.ts";
import { sendStart, serveGet, TEXT } from "./native-server.ts";
import type { DialectServer } from "./server.ts";
import { need } from "../spec/verdict.ts";

export const loadGoodCertificate = async (): Promise<CertificatePair> =>
  (await certificates()).pair("good");

/** P is sealed with the good certificate, or another; the case goes on at the command. */
export async function serveGetOverTls(
  context: CaseContext,
  atCommand: (play: DialectServer) => Promise<void>,
  pair?: CertificatePair,
): Promise<DialectServer> {
  return await serveGet(context, atCommand, { certificate: pair ?? (await loadGoodCertificate()) });
}

export const createQKey = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");

/** Q is there and announced, in the clear as yet. */
export async function dialQOverTls(play: DialectServer, key = createQKey()): Promise<Connection> {
  const q = await play.dialQ();
  sendStart(play, `key=${key} `);
  return q;
}

/** The handshake on Q, and the whole key. */
export async function receiveQKey(
  play: DialectServer,
  q: Connection,
  key: string,
  pair?: CertificatePair,
): Promise<void> {
  const done = await q.startTls(
    { part: "server", ...(pair ?? (await loadGoodCertificate())) },
    play.context.timeouts.reply,
  );
  need(done, "N7.24", `no TLS with the client on Q: ${q.tls?.failure}; ${play.program.words}`);
  await play.context.waitFor(
    "the key",
    play.context.timeouts.reply,
    () => q.length >= key.length || q.hasEnded,
  );
  need(q.text.startsWith(key), "N7.25", `no key on Q, but ${q.text.length} bytes`);
}

/** All of it, as a good server does it, with the end that is wanted. */
export async function sendContentsOverTls(
  play: DialectServer,
  end: (q: Connection) => void = (q) => q.finish(),
  pair?: CertificatePair,
): Promise<Connection> {
  const key = createQKey();
  const q = await dialQOverTls(play, key);
  await receiveQKey(play, q, key, pair);
  q.send(TEXT);
  end(q);
  return q;
}
