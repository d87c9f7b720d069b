// A native client over TLS: it accepts any certificate, and a case decides what it sends on Q.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import { need } from "../spec/verdict.ts";
import { type NativeClient, openNative, readField } from "./native-client.ts";

export const GET_HELLO = "-g hello.txt {dport}\n";

/** Opens P and starts TLS on it; sends nothing. */
export async function openNativeTls(
  context: CaseContext,
  server?: RunningServer,
): Promise<NativeClient> {
  const client = await openNative(context, server);
  await startTlsAsClient(context, client.p, "N4.1");
  return client;
}

/** Sends the request and waits for 150 and for Q, on which TLS has not started. */
export async function requestQ(
  client: NativeClient,
  request = GET_HELLO,
): Promise<{ q: Connection; key: string }> {
  const reply = await client.send(request).waitForCode("150");
  await client.context.waitFor("Q", client.context.timeouts.reply, () => client.q !== undefined);
  const { q } = client;
  need(q !== undefined, "S7.5", "the server opened no Q");
  const key = readField(reply, "key") ?? "";
  need(
    /^[0-9a-f]{32}$/.test(key),
    "N7.22",
    `150 has no key of 32 hexadecimal digits: ${show(reply)}`,
  );
  return { q, key };
}

export async function encryptQ(context: CaseContext, q: Connection): Promise<Connection> {
  await startTlsAsClient(context, q, "N7.23");
  return q;
}

async function startTlsAsClient(
  context: CaseContext,
  connection: Connection,
  rule: string,
): Promise<void> {
  const isSecure = await connection.startTls({ part: "client" }, context.timeouts.reply);
  const why = connection.tls?.failure ?? "it does not end";
  need(isSecure, rule, `no TLS handshake on ${connection.name}: ${why}`);
}

/** Fetches a file to the end, as a correct client does. */
export async function fetchOverTls(client: NativeClient, request = GET_HELLO): Promise<Connection> {
  const { q, key } = await requestQ(client, request);
  (await encryptQ(client.context, q)).send(key);
  await client.waitForQEnd();
  await client.waitForCode("226");
  return q;
}
