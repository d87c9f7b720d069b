// A get over TLS that the suite serves step by step, so that a case can change each part of it.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { need } from "../spec/verdict.ts";
import { type CertificatePair, getCertificates } from "../subject/certificates.ts";
import { sendStart, serveGet, TEXT } from "./native-server.ts";
import type { DialectServer } from "./server.ts";

export const loadGoodCertificate = async (): Promise<CertificatePair> =>
  (await getCertificates()).pair("good");

/** Serves a get with TLS on P; the case takes over once the request has arrived. */
export async function serveGetOverTls(
  context: CaseContext,
  atCommand: (server: DialectServer) => Promise<void>,
  certificate?: CertificatePair,
): Promise<DialectServer> {
  return serveGet(context, atCommand, {
    certificate: certificate ?? (await loadGoodCertificate()),
  });
}

export const createQKey = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");

/** Dials Q and announces it with its key; TLS has not started on Q. */
export async function dialQOverTls(server: DialectServer, key = createQKey()): Promise<Connection> {
  const q = await server.dialQ();
  sendStart(server, `key=${key} `);
  return q;
}

/** Starts TLS on Q and receives the whole key. */
export async function receiveQKey(
  server: DialectServer,
  q: Connection,
  key: string,
  certificate?: CertificatePair,
): Promise<void> {
  const pair = certificate ?? (await loadGoodCertificate());
  const isSecure = await q.startTls({ part: "server", ...pair }, server.context.timeouts.reply);
  const why = `no TLS with the client on Q: ${q.tls?.failure}; ${server.program.words}`;
  need(isSecure, "N7.24", why);
  const isOver = (): boolean => q.length >= key.length || q.hasEnded;
  await server.context.waitFor("the key", server.context.timeouts.reply, isOver);
  const observed = `the client sent ${q.text.length} bytes on Q that do not begin with the key`;
  need(q.text.startsWith(key), "N7.25", observed);
}

/** Serves Q as a correct server does, and then ends it in the way that the case wants. */
export async function sendContentsOverTls(
  server: DialectServer,
  end: (q: Connection) => void = (q) => q.finish(),
  certificate?: CertificatePair,
): Promise<Connection> {
  const key = createQKey();
  const q = await dialQOverTls(server, key);
  await receiveQKey(server, q, key, certificate);
  q.send(TEXT);
  end(q);
  return q;
}
