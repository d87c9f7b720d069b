// The directory of a client: what was in it, what a fetch has changed, and what it should have changed.

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { show } from "../net/bytes.ts";
import type { Before } from "./fetch.ts";

/** A client may keep a log of its own. */
const isLog = (name: string): boolean => /\.log$/i.test(name);
const OLD = "what the user had before, and wants to keep\n";
const READ_ONLY = 0o444;
const TARGET = "target of the link.txt";

export class Home {
  #before: ReadonlyMap<string, string> = new Map();

  constructor(readonly path: string) {}

  /** Removes what has the name, puts there what shall be there, and looks at everything. */
  prepare(name?: string, before?: Before): void {
    if (name !== undefined) this.#replace(join(this.path, name), before);
    this.#before = this.#read();
  }

  #replace(path: string, before: Before | undefined): void {
    rmSync(path, { recursive: true, force: true });
    if (before !== undefined) this.#place(path, before);
  }

  #place(path: string, before: Before): void {
    if (before === "directory") return mkdirSync(path);
    if (before === "link") {
      writeFileSync(join(this.path, TARGET), OLD);
      return symlinkSync(TARGET, path);
    }
    writeFileSync(path, before === "empty file" ? "" : OLD);
    if (before === "read-only file") chmodSync(path, READ_ONLY);
  }

  /** The bytes of a regular file; nothing if there is none of this name. */
  content(name: string): Buffer | undefined {
    const path = join(this.path, name);
    try {
      return lstatSync(path).isFile() ? readFileSync(path) : undefined;
    } catch {
      return undefined;
    }
  }

  /** The names of what is new, gone or different, each with what it is now. */
  findChanges(): Map<string, string> {
    const after = this.#read();
    const names = new Set([...this.#before.keys(), ...after.keys()]);
    const changed = [...names].filter((name) => this.#before.get(name) !== after.get(name));
    return new Map(changed.map((name) => [name, this.#describeChange(name, after.get(name))]));
  }

  #describeChange(name: string, now: string | undefined): string {
    if (now === undefined) return `${show(name)} is gone`;
    return `${show(name)} ${this.#before.has(name) ? "has changed" : "is new"}: ${now}`;
  }

  #read(): Map<string, string> {
    const names = readdirSync(this.path).filter((name) => !isLog(name));
    return new Map(names.map((name) => [name, describe(join(this.path, name))]));
  }
}

function describe(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return `a link to ${readlinkSync(path)}`;
  if (stat.isDirectory()) return `a directory with ${readdirSync(path).length} entries`;
  const content = readFileSync(path);
  const hash = new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 16);
  return `${content.length} bytes, ${show(content, 40)} (${hash})`;
}
