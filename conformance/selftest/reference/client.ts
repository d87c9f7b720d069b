// An honest client, method by method what a faulty one overrides: the whole call, Q, and what becomes of the payload.

import { writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type Call, Failure } from "./caller.ts";
import { notified, sealAsClient } from "./secure.ts";
import { REPLY_LIMIT, Speaker } from "./speaker.ts";

export { type Call, Failure } from "./caller.ts";

const GOODBYE = 200; // what is written to a socket that works is gone by then

export class ReferenceClient extends Speaker {
  /** Connections to the data port, in the order in which they came. */
  readonly candidates: Socket[] = [];
  received: Buffer = Buffer.alloc(0);
  door: Server | undefined;
  async main(args: string[]): Promise<void> {
    try {
      await this.run(this.arguments(this.equip(args)));
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
      process.exitCode = error instanceof Failure ? error.status : 1;
    }
    await this.leave();
  }

  async run(call: Call): Promise<void> {
    this.precheck(call);
    await this.open(call);
    await this.listen(call.dataport);
    if (this.user !== undefined) await this.logIn(this.user);
    await this.options(call);
    await this.command(call);
    const announced = await this.announcement();
    const accepted = await this.accept(announced.port);
    const q = this.ca === undefined ? accepted : await this.prove(accepted, announced.key);
    await this.receive(q, announced.bytes);
    await this.confirm(await this.reply(), announced.bytes, call);
    if (call.command === "-l") this.show(this.received);
    else this.save(call.file);
  }

  listen(port: number, host = this.p.localAddress): Promise<void> {
    this.door = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (q) => this.came(q));
    return new Promise((resolve, reject) => {
      this.door?.once("error", () => reject(new Failure(`DATA_PORT ${port} is in use`, 3)));
      this.door?.listen({ port, host }, resolve);
    });
  }

  came(q: Socket): void {
    q.on("error", () => {});
    this.candidates.push(q);
  }

  /** Only P's peer, from the port that it named, is Q. */
  async accept(port: number): Promise<Socket> {
    const end = performance.now() + REPLY_LIMIT;
    while (performance.now() < end) {
      for (const q of this.candidates.splice(0)) {
        if (this.trusts(q, port)) return q;
        q.destroy();
      }
      await Bun.sleep(5);
    }
    throw new Failure("the server opened no data connection", 4);
  }

  trusts(q: Socket, port: number): boolean {
    return q.remoteAddress === this.p.remoteAddress && q.remotePort === port;
  }

  /** Q over TLS: the certificate is the very one of P, and the key proves who is here. */
  async prove(accepted: Socket, key: string): Promise<Socket> {
    if (this.early(accepted)) throw new Failure("something came on Q before the handshake", 9);
    const sealing = sealAsClient(accepted, this.ca ?? "");
    const q = await this.bounded(sealing, "no TLS on the data connection");
    if (!this.isSame(q)) throw new Failure("another server is at the data connection", 9);
    q.write(this.proof(key));
    return q;
  }

  early(q: Socket): boolean {
    return q.readableLength > 0;
  }

  isSame(q: TLSSocket): boolean {
    const [mine, theirs] = [this.p, q].map((socket) =>
      socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined,
    );
    return mine !== undefined && mine === theirs;
  }

  proof(key: string): string {
    return key;
  }

  receive(q: Socket, bytes: number): Promise<void> {
    const pieces: Buffer[] = [];
    return new Promise((resolve, reject) => {
      const broken = (): void => reject(new Failure("the transfer was cut short", 8));
      q.setTimeout(REPLY_LIMIT, () => q.destroy());
      q.on("data", (piece: Buffer) => pieces.push(piece));
      q.once("end", () => {
        this.received = Buffer.concat(pieces);
        this.closeQ(q);
        if (this.received.length === bytes && this.isEnd(q)) resolve();
        else broken();
      });
      q.once("close", broken);
      q.resume();
    });
  }

  /** Over TLS a FIN alone is no end: anybody on the way can send one. */
  isEnd(q: Socket): boolean {
    return this.ca === undefined || notified(q);
  }

  closeQ(q: Socket): void {
    q.end();
  }

  async confirm(reply: string, bytes: number, call: Call): Promise<void> {
    if (!reply.startsWith("226 ")) this.refused(reply);
    if (Number(this.key(reply, "bytes") ?? bytes) !== bytes) throw new Failure("226 disagrees", 8);
    if (call.command === "-g") this.verify(this.key(reply, "sha256"));
  }

  verify(hash: string | undefined): void {
    const own = new Bun.CryptoHasher("sha256").update(this.received).digest("hex");
    if (hash !== own) throw new Failure("the file arrived damaged", 8);
  }

  show(listing: Buffer): void {
    process.stdout.write(this.clean(listing.toString()));
  }

  save(file: string): void {
    writeFileSync(file, this.received, { flag: "wx" });
    console.log(`${file}: transfer complete`);
  }

  async leave(): Promise<void> {
    for (const q of this.candidates) q.destroy();
    this.door?.close();
    if (this.ca !== undefined) await this.endTls();
    this.p?.end();
    this.p?.destroySoon();
    process.exit();
  }

  /** close_notify is written by the runtime, and not by the kernel, which would do it after our end. */
  async endTls(): Promise<void> {
    this.p?.end();
    await Promise.race([new Promise((done) => this.p?.once("finish", done)), Bun.sleep(GOODBYE)]);
  }
}
