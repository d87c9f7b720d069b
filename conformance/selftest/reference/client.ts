// The reference client, from its arguments to its end: a mutant replaces one of its parts.

import { existsSync, writeFileSync } from "node:fs";
import { ClientArguments, ClientFailure, type ClientSettings } from "./client-arguments.ts";
import { ClientControl, NoDataConnection } from "./client-control.ts";
import { ClientData } from "./client-data.ts";

export { ClientArguments, ClientControl, ClientData, ClientFailure, type ClientSettings };
export { ConnectionLost, type ReplyLine } from "./client-control.ts";

export class ReferenceClient {
  p!: ClientControl;
  q!: ClientData;

  constructor(readonly parts: ClientParts) {}

  async main(args: string[]): Promise<void> {
    try {
      await this.run(new this.parts.ClientArguments().parse(args));
    } catch (error) {
      this.report(error instanceof Error ? error : new Error(String(error)));
    }
    await this.leave();
  }

  async run(settings: ClientSettings): Promise<void> {
    const { command, file } = settings;
    const isGet = command === "-g";
    if (isGet) this.checkDuplicate(file);
    const payload = await this.fetch(settings).catch((error) => {
      if (!(error instanceof NoDataConnection)) throw error;
      return this.fetchPassively(settings);
    });
    await this.confirm(payload, isGet);
    if (isGet) this.save(file, payload);
    else this.show(payload);
  }

  async fetch(settings: ClientSettings): Promise<Buffer> {
    await this.open(settings);
    await this.q.listen(settings.dataPort);
    await this.prepare(settings);
    await this.p.sendCommand();
    const start = await this.p.expectStart();
    return this.q.receive(start);
  }

  /** The server cannot open Q, so the client does. */
  async fetchPassively(settings: ClientSettings): Promise<Buffer> {
    this.q.close();
    await this.p.close();
    await this.open(settings);
    await this.prepare(settings);
    const { port, key } = await this.p.requestPort();
    const socket = await this.q.open(port, key);
    const { bytes } = await this.p.expectStart();
    return this.q.read(socket, bytes);
  }

  async open(settings: ClientSettings): Promise<void> {
    this.p = new this.parts.ClientControl(settings);
    this.q = new this.parts.ClientData(this.p);
    await this.p.open();
  }

  async prepare({ user, command }: ClientSettings): Promise<void> {
    if (user !== undefined) await this.p.logIn(user);
    if (command === "-g") await this.p.requestHash();
  }

  checkDuplicate(file: string): void {
    if (existsSync(file)) throw new ClientFailure(`${file} exists already`, 7);
  }

  async confirm(payload: Buffer, isGet: boolean): Promise<void> {
    const { fields } = await this.p.expectReply("226");
    if (Number(fields["bytes"] ?? payload.length) !== payload.length)
      throw new ClientFailure("the replies 150 and 226 name different lengths", 8);
    if (isGet) this.verifyHash(payload, fields["sha256"]);
  }

  verifyHash(payload: Buffer, expected: string | undefined): void {
    const hash = new Bun.CryptoHasher("sha256").update(payload).digest("hex");
    if (hash !== expected) throw new ClientFailure("the file arrived damaged", 8);
  }

  show(listing: Buffer): void {
    process.stdout.write(this.sanitize(listing.toString()));
  }

  save(file: string, payload: Buffer): void {
    writeFileSync(file, payload, { flag: "wx" });
    console.log(`${file}: transfer complete`);
  }

  report(error: Error): void {
    console.error(`ftclient: ${this.sanitize(error.message)}`);
    process.exitCode = error instanceof ClientFailure ? error.status : 1;
  }

  /** Replaces control characters, which could control the terminal. */
  sanitize(text: string): string {
    return text.replace(/[^\P{Cc}\n]/gu, "?");
  }

  /** Step 8. */
  async leave(): Promise<void> {
    this.q?.close();
    await this.p?.close();
    process.exit();
  }
}

const PARTS = { ReferenceClient, ClientArguments, ClientControl, ClientData };
type ClientParts = typeof PARTS;

/** Runs the reference client, with other classes for some of its parts. */
export async function startClient(replacements: Partial<ClientParts> = {}): Promise<void> {
  const parts = { ...PARTS, ...replacements };
  await new parts.ReferenceClient(parts).main(process.argv.slice(2));
}
