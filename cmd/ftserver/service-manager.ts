// Tells a service manager how far this server is, as systemd expects it (sd_notify(3)).

import { sendDatagram } from "../../lib/sys/datagram.ts";
import type { Log } from "./log.ts";

/** Does nothing without a manager, which names its socket in NOTIFY_SOCKET. A manager that cannot be told is no reason to end. */
export function notifyManager(state: "READY=1" | "STOPPING=1", log: Log): void {
  const path = process.env["NOTIFY_SOCKET"];
  if (!path || sendDatagram(path, state)) return;
  const sentence = `The service manager cannot be told ${state}: nobody reads the socket that NOTIFY_SOCKET names.`;
  log.note("manager", sentence, { warning: sentence }, "warn");
}
