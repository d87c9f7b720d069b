// The directory that a server serves: what the model knows of it, and what the disk says.

import { lstatSync, readdirSync, readFileSync, unlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { show } from "../net/bytes.ts";
import type { CaseContext } from "../harness/context.ts";
import { type FilePlan, makeContent } from "./content.ts";
import type { Violation } from "./violation.ts";

/** A server may keep a log of its own. */
const isLog = (name: string): boolean => /\.log$|^nohup\.out$/i.test(name);
/** An old time in seconds: a server that writes to a file changes it. */
const OLD = 1_000_000_000;

export class ServedDirectory {
  readonly plans = new Map<string, FilePlan>();
  /** The names of files that were there and are not any more. */
  readonly gone = new Set<string>();
  readonly #context: CaseContext;
  #before: ReadonlyMap<string, string>;

  constructor(context: CaseContext, files: readonly FilePlan[]) {
    this.#context = context;
    this.add(files);
    this.#before = this.#read();
  }

  get #path(): string {
    return this.#context.files.served;
  }

  /** The bytes of a file; nothing if no file has this name. */
  content(name: string): Uint8Array | undefined {
    return this.#context.files.files.get(name);
  }

  get names(): string[] {
    return [...this.#context.files.files.keys()];
  }

  /** The file that has these bytes, if another one than the expected has them. */
  findOther(bytes: Uint8Array, expected: string): string | undefined {
    if (bytes.length === 0) return undefined;
    return this.names.find(
      (name) => name !== expected && Buffer.compare(this.content(name) ?? bytes, bytes) === 0,
    );
  }

  change(add: readonly FilePlan[] = [], remove: readonly string[] = []): void {
    if (add.length + remove.length === 0) return;
    for (const name of remove.filter((one) => this.plans.has(one))) this.#remove(name);
    this.add(add);
    this.#before = this.#read();
  }

  add(files: readonly FilePlan[]): void {
    for (const file of files) {
      this.#context.files.add(file.name, makeContent(file));
      utimesSync(join(this.#path, file.name), OLD, OLD);
      this.plans.set(file.name, file);
      this.gone.delete(file.name);
    }
  }

  #remove(name: string): void {
    this.plans.delete(name);
    this.gone.add(name);
    this.#context.files.files.delete(name);
    unlinkSync(join(this.#path, name));
  }

  #read(): Map<string, string> {
    const names = readdirSync(this.#path).filter((name) => !isLog(name));
    return new Map(names.map((name) => [name, this.#describe(name)]));
  }

  #describe(name: string): string {
    const path = join(this.#path, name);
    const { mtimeMs, mode } = lstatSync(path);
    if (!lstatSync(path).isFile()) return `no regular file, mode ${mode}`;
    const content = readFileSync(path);
    const hash = new Bun.CryptoHasher("sha256").update(content).digest("hex");
    return `${show(content, 24)}, ${content.length} bytes, changed ${mtimeMs}, ${mode}, ${hash}`;
  }

  /** What the server has changed, if anything. */
  findChange(): Violation | undefined {
    const after = this.#read();
    const names = new Set([...this.#before.keys(), ...after.keys()]);
    const changed = [...names].filter((name) => this.#before.get(name) !== after.get(name));
    if (changed.length === 0) return undefined;
    const observed = changed.map((name) => this.#describeChange(name, after.get(name))).join("; ");
    const expected = "the served directory is as it was: names, contents and times";
    return { rule: "S7.26", expected, observed, at: "subject" };
  }

  #describeChange(name: string, now: string | undefined): string {
    if (now === undefined) return `${name} is gone`;
    return `${name} ${this.#before.has(name) ? "has changed" : "is new"}: ${now.split(", ").slice(0, 2).join(", ")}`;
  }
}
