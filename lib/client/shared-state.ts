// What all sessions with one server share: the address at which it has answered, and the data ports.

import type { Connection } from "../net/connection.ts";
import { dialHost } from "../net/dial-host.ts";
import { ListenerPool } from "./listener-pool.ts";

/** Disposing of it closes the data ports. */
export class SharedState implements Disposable {
  readonly listeners = new ListenerPool();
  #address: string | undefined;

  /**
   * The same as `dialHost`, but the host is looked up only once: its name could be asked for thousands of times, and its
   * other addresses tried before the one that answers. After a failure it is looked up again.
   */
  async dial(host: string, port: number, ms: number, signal?: AbortSignal): Promise<Connection> {
    try {
      const connection = await dialHost(this.#address ?? host, port, ms, signal);
      this.#address = connection.remote.address;
      return connection;
    } catch (error) {
      this.#address = undefined;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.listeners[Symbol.dispose]();
  }
}
