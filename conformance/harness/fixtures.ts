// A fresh directory for one attempt: the files to serve, a place for the client, and a secret file outside of both.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeDirectory } from "../subject/remove-directory.ts";
import { makeDirectory } from "../subject/run-directory.ts";

// At most ten files, most of them short: some programs need a second for each name, or stop at 599 bytes.
const lines = (count: number): string =>
  Array.from({ length: count }, (_, at) => `${at + 1}. The quick brown fox jumps.\n`).join("");

const everyByte = Uint8Array.from({ length: 1_024 }, (_, at) => (at * 7 + (at >> 8)) & 0xff);

/** In megabytes: by default the two ends of a connection buffer up to 10 on Linux. */
const ENDLESS = 24;

export class Fixtures implements Disposable {
  readonly root = makeDirectory("case-");
  /** The content of a file outside of the served directory: no client may ever get it. */
  readonly canary = `canary-${crypto.randomUUID()}`;
  readonly files = new Map<string, Uint8Array>();
  /** A name that no program can know in advance: a listing that has it was really made. */
  readonly surprise = `notes-${crypto.randomUUID().slice(0, 8)}.txt`;

  readonly #made = new Set<string>();

  constructor() {
    this.add("hello.txt", "Hello, client!\nThis is the second line.\n");
    this.add("unended.txt", "one line\nand one that does not end");
    this.add("lines.txt", lines(40));
    this.add("empty.txt", "");
    this.add("binary.bin", everyByte);
    this.add("two words.txt", "A name may hold a space.\n");
    this.add(this.surprise, `${this.surprise}\n`);
  }

  /** The directory that the server serves, in which it also runs. A client needs none of its files. */
  get served(): string {
    if (this.#made.has("served")) return this.#make("served");
    const path = this.#make("served");
    // Two lines, each with its line end: some servers lose a last line that has none.
    writeFileSync(join(this.root, "canary.txt"), `${this.canary}\n${this.canary}\n`);
    mkdirSync(join(path, "folder"));
    writeFileSync(join(path, "folder", "inner.txt"), "inside a folder\n");
    for (const [name, bytes] of this.files) writeFileSync(join(path, name), bytes);
    return path;
  }

  /** The directory in which the client runs and saves. */
  get home(): string {
    return this.#make("home");
  }

  /** For temporary files of a program, which are not part of either directory. */
  get scratch(): string {
    return this.#make("scratch");
  }

  /** Made when it is first needed: to make and remove files took half of the suite's own time. */
  #make(name: "served" | "home" | "scratch"): string {
    const path = join(this.root, name);
    if (!this.#made.has(name)) mkdirSync(path);
    this.#made.add(name);
    return path;
  }

  add(name: string, content: string | Uint8Array): Uint8Array {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    if (this.#made.has("served")) writeFileSync(join(this.served, name), bytes);
    this.files.set(name, bytes);
    return bytes;
  }

  /** Removes every other file that is served. */
  keepOnly(names: readonly string[]): void {
    for (const name of [...this.files.keys()].filter((each) => !names.includes(each))) {
      if (this.#made.has("served")) rmSync(join(this.served, name));
      this.files.delete(name);
    }
  }

  /** A text of several megabytes; only the cases that need it make it. */
  addLarge(name = "large.txt", megabytes = 5): Uint8Array {
    const line = Buffer.from(lines(1_000));
    const bytes = Buffer.alloc(megabytes * 1024 * 1024);
    for (let at = 0; at < bytes.length; at += line.length) line.copy(bytes, at);
    bytes.write("\n", bytes.length - 1);
    return this.add(name, bytes);
  }

  /** More than the kernel buffers for a reader that has stopped. */
  addEndless(name = "endless.txt"): Uint8Array {
    return this.addLarge(name, ENDLESS);
  }

  content(name: string): Uint8Array {
    const bytes = this.files.get(name);
    if (!bytes) throw new Error(`no fixture is called ${name}`);
    return bytes;
  }

  [Symbol.dispose](): void {
    removeDirectory(this.root);
  }
}
