// What systemd and this server say to each other: how far the server is (sd_notify(3)), and the socket that it inherits (sd_listen_fds(3)).

import { sendDatagram } from "../../lib/sys/datagram.ts";
import { usageFailure } from "../cli/arguments.ts";
import type { Log } from "./log.ts";

/** The first descriptor that systemd hands over. */
const FIRST_DESCRIPTOR = 3;

/**
 * The socket that a service manager has opened for this process; undefined if there is none. Throws a `Failure` of kind `usage`
 * if there are several. It may be called once: the variables are removed, so that no other process takes them for its own.
 */
export function takeInheritedSocket(): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  delete process.env["LISTEN_PID"];
  delete process.env["LISTEN_FDS"];
  if (LISTEN_PID !== String(process.pid)) return undefined;
  if (LISTEN_FDS === "1") return FIRST_DESCRIPTOR;
  throw usageFailure("The service manager must hand over one socket: give one ListenStream.");
}

/** Does nothing without a manager, which names its socket in NOTIFY_SOCKET. A manager that cannot be told is no reason to end. */
export function notifyManager(state: "READY=1" | "STOPPING=1", log: Log): void {
  const path = process.env["NOTIFY_SOCKET"];
  if (!path || sendDatagram(path, state)) return;
  const sentence = `The service manager cannot be told ${state}: nobody reads the socket that NOTIFY_SOCKET names.`;
  log.note("manager", sentence, { warning: sentence }, "warn");
}
