// The zone of a link-local address: the name of the interface that it belongs to, which Bun leaves out (RFC 4007).

import { ptr } from "bun:ffi";
import { bind } from "../sys/libc.ts";

/** Where `struct sockaddr_in6` has the index of the interface, and how long it is, in bytes (ipv6(7)). */
const SCOPE_ID = 24;
const LENGTH = 28;

/** The longest name of an interface in bytes, with its NUL: IF_NAMESIZE. */
const MAX_NAME = 16;

/** The calls are bound when the first such address is met: most programs never meet one. */
let calls: ReturnType<typeof bindZones> | "unknown" = "unknown";

/** The zone at one end of a socket; empty if there is none, or if the system cannot tell. */
export function findZone(socket: number, end: "local" | "remote"): string {
  if (calls === "unknown") calls = bindZones();
  if (!calls) return "";
  const address = new Uint8Array(LENGTH);
  const length = ptr(Uint32Array.of(LENGTH));
  const call = end === "local" ? calls.getsockname : calls.getpeername;
  if (call(socket, address, length) !== 0) return "";
  const index = new DataView(address.buffer).getUint32(SCOPE_ID, true);
  const name = new Uint8Array(MAX_NAME);
  if (index === 0) return "";
  if (calls.if_indextoname(index, name) === null) return String(index);
  return Buffer.from(name).toString("latin1").replace(/\0.*$/s, "");
}

function bindZones() {
  return bind({
    getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    getpeername: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    if_indextoname: { args: ["u32", "ptr"], returns: "ptr" },
  });
}
