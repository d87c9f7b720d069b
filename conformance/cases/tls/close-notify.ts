// The end of a connection over TLS.

import { findEnd } from "../evidence.ts";
import type { Connection } from "../../net/connection.ts";
import { must } from "../../spec/verdict.ts";

/** The subject has sent close_notify before its FIN. */
export function expectCloseNotify(connection: Connection): void {
  const { name, tls } = connection;
  const observed = `${name} ended without close_notify`;
  must(tls?.records.notified === true, `close_notify on ${name}`, observed, findEnd(connection));
}
