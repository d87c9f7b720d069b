// TLS on P, for a client that has it: which server it trusts.

import type { CaseContext } from "../../harness/context.ts";
import { startClientOnP } from "../client-on-p.ts";
import { findData } from "../evidence.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { getCertificates, type CertificateKind } from "../../subject/certificates.ts";
import { sendContentsOverTls, serveGetOverTls } from "../../peer/native-server-tls.ts";
import { sendEnd, FILE, expectSaved } from "../../peer/native-server.ts";
import type { DialectServer } from "../../peer/server.ts";
import { must, need } from "../../spec/verdict.ts";

async function expectTrust(context: CaseContext, kind: CertificateKind): Promise<void> {
  const pair = (await getCertificates()).pair(kind);
  const deliver = async (server: DialectServer): Promise<void> => {
    await sendContentsOverTls(server, undefined, pair);
    sendEnd(server);
  };
  expectSaved(context, await serveGetOverTls(context, deliver, pair));
}

/** The client may finish the handshake, but it sends no request. */
async function expectDistrust(context: CaseContext, kind: CertificateKind): Promise<void> {
  const pair = (await getCertificates()).pair(kind);
  const { program, p } = await startClientOnP(context, "get", { file: FILE });
  await p.startTls({ part: "server", ...pair }, context.timeouts.reply);
  await context.waitFor("the end of P", context.timeouts.giveUp, () => p.length > 0 || p.hasEnded);
  const isForeign = p.tls?.records.isForeign === true;
  const observed = isForeign ? "bytes on P that are not TLS" : p.description;
  must(p.length === 0 && !isForeign, "no byte of a request on P", observed, findData(p) ?? "P");
  const running = await context.waitForEnd(program);
  need(!running, "S8.1", running ?? "");
}

async function expectHandshakeLimit(context: CaseContext): Promise<void> {
  const { program } = await startClientOnP(context, "get", { file: FILE });
  const running = await context.waitForEnd(program);
  must(!running, "the client ends, because no handshake comes", running ?? "");
}

const option = { role: "client", needs: ["tls"] } as const;
/** The client is told to pin the certificate of kind "stranger". */
const pin = { role: "client", needs: ["pin"] } as const;

const trusts = (title: string, kind: CertificateKind, options: typeof option | typeof pin) =>
  rule("N4.2", title, (context) => expectTrust(context, kind), options);

const distrusts = (title: string, kind: CertificateKind, options: typeof option | typeof pin) =>
  rule("N4.2", title, (context) => expectDistrust(context, kind), options);

export const cases: TestCase[] = [
  trusts("a good certificate", "good", option),
  distrusts("an issuer that the client does not trust", "stranger", option),
  distrusts("a certificate that has expired", "expired", option),
  distrusts("a certificate that is not valid yet", "early", option),
  distrusts("a certificate for another host", "elsewhere", option),
  distrusts("the address as a DNS name", "named", option),
  distrusts("the address only as a common name", "common", option),
  trusts("the pinned certificate, from an issuer that the client does not trust", "stranger", pin),
  distrusts("another certificate than the pinned one", "good", pin),
  rule("N5.4", "a server that is silent", expectHandshakeLimit, { ...option, isLong: true }),
];
