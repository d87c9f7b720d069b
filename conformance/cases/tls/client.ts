// TLS on P, for a client that has it: whom it believes.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { waitForP, launchClient } from "../../peer/launch-client.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { certificates, type CertificateKind } from "../../subject/certificates.ts";
import { sendContentsOverTls, serveGetOverTls } from "../../peer/native-server-tls.ts";
import { sendEnd, FILE, expectSaved } from "../../peer/native-server.ts";
import { GIVE_UP_LIMIT, REPLY_LIMIT } from "../../spec/timeouts.ts";
import type { DialectServer } from "../../peer/server.ts";
import { must, need } from "../../spec/verdict.ts";

async function believed(context: CaseContext, kind: CertificateKind): Promise<void> {
  const pair = (await certificates()).pair(kind);
  const deliver = async (play: DialectServer): Promise<void> => {
    await sendContentsOverTls(play, undefined, pair);
    sendEnd(play);
  };
  expectSaved(context, await serveGetOverTls(context, deliver, pair));
}

/** Hands may be shaken with anybody; but nothing is said. */
async function distrusted(context: CaseContext, kind: CertificateKind): Promise<void> {
  const pair = (await certificates()).pair(kind);
  const started = launchClient(context, "get", { file: FILE });
  const { program } = started;
  const p = await waitForP(context, started);
  need(p !== undefined, "S4.1", program.words);
  await p.startTls({ part: "server", ...pair }, REPLY_LIMIT);
  await context.waitFor("the end of P", GIVE_UP_LIMIT, () => p.length > 0 || p.hasEnded);
  const said = p.tls?.records.isForeign ? "something that is no TLS" : show(p.bytes);
  must(p.length === 0 && !p.tls?.records.isForeign, "no byte of a request", said);
  need(await program.waitForExit(GIVE_UP_LIMIT), "S8.1", "the client still runs");
}

async function silence(context: CaseContext): Promise<void> {
  const started = launchClient(context, "get", { file: FILE });
  const { program } = started;
  const p = await waitForP(context, started);
  need(p !== undefined, "S4.1", program.words);
  const ended = await program.waitForExit(GIVE_UP_LIMIT);
  must(ended, `an end within ${GIVE_UP_LIMIT} ms`, "the client waits for a handshake");
}

const of = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, { role: "client", needs: ["tls"] });

/** The client is told to pin the certificate of the issuer that nobody trusts. */
const pinned = (title: string, run: TestCase["run"]): TestCase =>
  rule("N4.2", title, run, { role: "client", needs: ["pin"] });

const bad = (kind: CertificateKind, title: string): TestCase =>
  of("N4.2", title, (context) => distrusted(context, kind));

export const cases: TestCase[] = [
  of("N4.2", "a certificate that is good in every way", (context) => believed(context, "good")),
  bad("stranger", "an issuer that nobody trusts"),
  bad("expired", "a certificate that has expired"),
  bad("elsewhere", "a certificate for another host"),
  bad("named", "the address as a DNS name"),
  bad("common", "the address as a common name alone"),
  pinned("the pinned certificate, of an issuer that nobody trusts", (context) =>
    believed(context, "stranger"),
  ),
  pinned("another certificate than the pinned one", (context) => distrusted(context, "good")),
  of("N5.4", "a server that says nothing", silence),
];
