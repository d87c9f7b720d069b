// TLS on P, for a client that has it: whom it believes.

import type { Attempt } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { arrival, start } from "../../peer/launch-client.ts";
import { type Case, rule } from "../../harness/test-case.ts";
import { certificates, type Kind } from "../../subject/certificates.ts";
import { deliverSealed, gotSealed } from "../../peer/native-server-tls.ts";
import { done, file, isWhole } from "../../peer/native-server.ts";
import { GIVE_UP_LIMIT, REPLY_LIMIT } from "../../spec/timeouts.ts";
import type { Play } from "../../peer/server.ts";
import { must, need } from "../../spec/verdict.ts";

async function believed(attempt: Attempt, kind: Kind): Promise<void> {
  const pair = (await certificates()).pair(kind);
  const deliver = async (play: Play): Promise<void> => {
    await deliverSealed(play, undefined, pair);
    done(play);
  };
  isWhole(attempt, await gotSealed(attempt, deliver, pair));
}

/** Hands may be shaken with anybody; but nothing is said. */
async function distrusted(attempt: Attempt, kind: Kind): Promise<void> {
  const pair = (await certificates()).pair(kind);
  const started = start(attempt, "get", { file });
  const { program } = started;
  const p = await arrival(attempt, started);
  need(p !== undefined, "S4.1", program.words);
  await p.secure({ part: "server", ...pair }, REPLY_LIMIT);
  await attempt.within("the end of P", GIVE_UP_LIMIT, () => p.length > 0 || p.over);
  const said = p.secrecy?.records.foreign ? "something that is no TLS" : show(p.bytes);
  must(p.length === 0 && !p.secrecy?.records.foreign, "no byte of a request", said);
  need(await program.ended(GIVE_UP_LIMIT), "S8.1", "the client still runs");
}

async function silence(attempt: Attempt): Promise<void> {
  const started = start(attempt, "get", { file });
  const { program } = started;
  const p = await arrival(attempt, started);
  need(p !== undefined, "S4.1", program.words);
  const ended = await program.ended(GIVE_UP_LIMIT);
  must(ended, `an end within ${GIVE_UP_LIMIT} ms`, "the client waits for a handshake");
}

const of = (id: string, title: string, run: Case["run"]): Case =>
  rule(id, title, run, { role: "client", needs: ["tls"] });

/** The client is told to pin the certificate of the issuer that nobody trusts. */
const pinned = (title: string, run: Case["run"]): Case =>
  rule("N4.2", title, run, { role: "client", needs: ["pin"] });

const bad = (kind: Kind, title: string): Case =>
  of("N4.2", title, (attempt) => distrusted(attempt, kind));

export const cases: Case[] = [
  of("N4.2", "a certificate that is good in every way", (attempt) => believed(attempt, "good")),
  bad("stranger", "an issuer that nobody trusts"),
  bad("expired", "a certificate that has expired"),
  bad("elsewhere", "a certificate for another host"),
  bad("named", "the address as a DNS name"),
  bad("common", "the address as a common name alone"),
  pinned("the pinned certificate, of an issuer that nobody trusts", (attempt) =>
    believed(attempt, "stranger"),
  ),
  pinned("another certificate than the pinned one", (attempt) => distrusted(attempt, "good")),
  of("N5.4", "a server that says nothing", silence),
];
