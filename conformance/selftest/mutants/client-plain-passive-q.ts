// Sends the key in the clear on a Q that it has opened.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.33"];

class Faulty extends ClientData {
  override async open(port: number, key: string): Promise<Socket> {
    const socket = connect(port, this.passiveHost);
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(this.formatKey(key));
    return socket;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
