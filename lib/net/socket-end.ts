// One end of a TCP socket, as the kernel tells it.

import type { Socket } from "bun";
import { type Endpoint, isLinkLocal, normalizeAddress } from "./address.ts";
import { findZone } from "./zone.ts";

/**
 * The address that was dialled may have another spelling, or be `0.0.0.0`, which is no peer: so the kernel is asked. Each
 * part costs a system call, which a server of small files notices: it is made when the part is wanted for the first time.
 * After the socket was closed nobody knows the parts that were not wanted before: the address is empty then, the port 0.
 */
export class SocketEnd implements Endpoint {
  #address: string | undefined;
  #port: number | undefined;

  constructor(
    private readonly socket: Socket<unknown> & { readonly fd: number },
    private readonly end: "local" | "remote",
  ) {}

  get address(): string {
    return (this.#address ??= this.#findAddress());
  }

  get port(): number {
    const { socket, end } = this;
    return (this.#port ??= (end === "local" ? socket.localPort : socket.remotePort) ?? 0);
  }

  #findAddress(): string {
    const { socket, end } = this;
    const ip = (end === "local" ? socket.localAddress : socket.remoteAddress) ?? "";
    const address = normalizeAddress(ip);
    const zone = isLinkLocal(address) ? findZone(socket.fd, end) : "";
    return zone === "" ? address : `${address}%${zone}`;
  }
}
