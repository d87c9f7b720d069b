// The test bed: a directory with files to fetch, our own server over it, and everything removed in the end.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Unfit } from "./process.ts";
import { freePort } from "../cli/free-port.ts";

/** How long our server may take to listen, and to end, in ms. */
const PATIENCE = 5000;

const MIB = 1024 * 1024;

/** Everything that is made here has this in front of its name, so that it can be told from the user's own files. */
const PREFIX = "ftbench";

const program = (name: string) => resolve(import.meta.dir, "..", name);

/** The commands of our own client, for a get and for a list. */
export const OUR_GET = [process.execPath, program("ftclient.ts"), "127.0.0.1", "{port}"].concat([
  "-g",
  "{file}",
  "--output",
  "{out}",
  "--on-duplicate",
  "overwrite",
  "--quiet",
]);
export const OUR_LIST = [process.execPath, program("ftclient.ts"), "127.0.0.1", "{port}", "-l"];

/** Files and a server. `root` is where other servers find the same files; it is ours alone where none was given. */
export class Environment implements AsyncDisposable {
  readonly port = freePort();
  readonly #scratch = mkdtempSync(join(tmpdir(), `${PREFIX}-`));
  readonly #made: string[] = [];
  #server: Bun.Subprocess | undefined;

  constructor(private readonly given: string | undefined) {
    this.#made.push(this.#scratch);
  }

  get root(): string {
    return this.given ?? this.#scratch;
  }

  /** The process of our server. */
  get server(): number {
    return this.#server?.pid ?? 0;
  }

  /** A path for what a client writes. */
  out(name: string): string {
    return join(this.#scratch, `out-${name}`);
  }

  /** Makes a file of `size` bytes that no compression shortens and no two pieces of which are alike; returns its name. */
  file(size: number): string {
    const name = `${PREFIX}-${size}.bin`;
    const path = join(this.root, name);
    this.#made.push(path);
    const piece = crypto.getRandomValues(new Uint32Array(MIB / 4).subarray(0, 16_384));
    const bytes = Buffer.concat(
      Array.from({ length: 16 }, () => Buffer.from(piece.buffer, 0, 65_536)),
    );
    const fd = openSync(path, "w");
    for (let done = 0; done < size; done += MIB) {
      bytes.writeDoubleLE(done, 0);
      writeSync(fd, bytes, 0, Math.min(MIB, size - done));
    }
    fsyncSync(fd); // or its way to the disk would slow down who comes first
    closeSync(fd);
    return name;
  }

  /** Makes a directory with `count` empty files under the root; returns its name. */
  directory(count: number): string {
    const name = `${PREFIX}-list`;
    const path = join(this.root, name);
    mkdirSync(path);
    this.#made.push(path);
    for (let index = 0; index < count; index++) writeFileSync(join(path, `file-${index}.txt`), "");
    return name;
  }

  /** Starts our server over the root, or over a directory in it. Throws `Unfit` where it does not come up. */
  async serve(directory = ".", clients = 0): Promise<void> {
    await this.#stop();
    const log = Bun.file(join(this.#scratch, "server.log"));
    const command = [process.execPath, program("ftserver.ts"), String(this.port)].concat(
      ["--host", "127.0.0.1", "--root", join(this.root, directory), "--log", "json"],
      clients > 0 ? ["--max-clients", String(clients), "--max-per-ip", String(clients)] : [],
    );
    this.#server = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: log });
    const until = performance.now() + PATIENCE;
    while (!(await listens(this.port))) {
      if (performance.now() > until || this.#server.exitCode !== null)
        throw new Unfit(`our server does not listen: ${(await log.text()).slice(-300)}`);
      await Bun.sleep(5);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    for (const path of this.#made) rmSync(path, { recursive: true, force: true });
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.kill("SIGTERM");
    const timer = setTimeout(() => server.kill("SIGKILL"), PATIENCE);
    await server.exited.finally(() => clearTimeout(timer));
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = { data() {}, connectError() {} };
  try {
    (await Bun.connect({ hostname: "127.0.0.1", port, socket })).end();
    return true;
  } catch {
    return false;
  }
}
