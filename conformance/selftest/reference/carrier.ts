// Q of the honest server: dialled, announced, proved over TLS, filled and closed.

import { connect, type Socket } from "node:net";
import { Hearing, Refusal } from "./hearing.ts";
import { expectKey, newKey } from "./proof.ts";
import { type Pair, sealAsServer } from "./secure.ts";

const DIAL_LIMIT = 3_000; // the client listens already
const PROOF_LIMIT = 3_000; // a handshake on Q and the key, which the client has already
export const LINGER = 2_000; // a client that has read the last reply closes at once

export abstract class Carrier extends Hearing {
  q: Socket | undefined;
  /** What TLS needs, where it is spoken. */
  pair: Pair | undefined;

  async announce(size: number, more = ""): Promise<void> {
    const key = this.pair ? this.key() : "";
    const proof = this.pair ? ` key=${key}` : "";
    await this.reply(`150 bytes=${size} port=${this.q?.localPort}${more}${proof} here it comes`);
    if (this.pair) await this.prove(this.pair, key);
  }

  key(): string {
    return newKey();
  }

  /** Q over TLS, and the proof that it is the client that is there. */
  async prove(pair: Pair, key: string): Promise<void> {
    const { q } = this;
    if (!q) return;
    const timer = setTimeout(() => this.unproved(q), this.proofLimit);
    try {
      this.q = await sealAsServer(q, pair);
      await this.expect(this.q, key);
    } catch {
      throw new Refusal("425 nobody proved to be the client on the data connection");
    } finally {
      clearTimeout(timer);
    }
  }

  get proofLimit(): number {
    return PROOF_LIMIT;
  }

  unproved(q: Socket): void {
    q.destroy();
  }

  expect(q: Socket, key: string): Promise<void> {
    return expectKey(q, key);
  }

  async complete(size: number, more = ""): Promise<void> {
    await this.closeQ();
    await this.reply(`226 bytes=${size}${more} all sent`);
  }

  /** Where the client has reached the server. */
  get here(): string {
    return (this.p.localAddress ?? "").replace(/^::ffff:/, "");
  }

  /** Q, to where P comes from and from where P came to. */
  dial(port: number, host = this.p.remoteAddress ?? "", from = this.here): Promise<Socket> {
    const options = { host: host.replace(/^::ffff:/, ""), port, localAddress: from };
    return new Promise((resolve, reject) => {
      const q = connect({ ...options, allowHalfOpen: true }, () => resolve(q));
      const failed = (): void => {
        q.destroy();
        reject(new Refusal("425 the data connection cannot be opened"));
      };
      q.once("error", failed);
      q.setTimeout(DIAL_LIMIT, () => q.connecting && failed());
      q.on("error", () => {});
      q.resume();
    });
  }

  /** Waits until the kernel has taken it, so that a slow reader costs no memory. */
  send(piece: Buffer): Promise<void> {
    const { q } = this;
    return new Promise((resolve, reject) => {
      const cut = (): void => reject(new Refusal("426 the data connection was cut"));
      if (!q || q.destroyed) return cut();
      q.once("close", cut);
      q.write(piece, (error) => {
        q.off("close", cut);
        if (error) cut();
        else resolve();
      });
    });
  }

  async closeQ(): Promise<void> {
    const { q } = this;
    if (!q || q.destroyed) return;
    await new Promise<void>((resolve) => {
      q.once("close", resolve);
      q.end(resolve);
    });
    setTimeout(() => q.destroy(), LINGER).unref();
  }
}
