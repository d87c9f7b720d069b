// Where the benchmark runs: a directory with files to fetch, and our own server over it.

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
import { join } from "node:path";
import { dial } from "../../lib/net/socket.ts";
import { findFreePort } from "../cli/free-port.ts";
import { getProgramCommand } from "../cli/program-command.ts";
import { WorkFailed } from "./process.ts";

/** How long our server may take to listen, and to end, in ms. */
const SERVER_TIMEOUT = 5000;
const POLL = 5;

const MIB = 1024 * 1024;

/** The most that `crypto.getRandomValues` gives at once, in bytes. */
const MOST_RANDOM = 65_536;

/** Every file of the benchmark begins with this, so that the user can tell it from other files. */
const PREFIX = "ftbench";

const CLIENT = [...getProgramCommand("ftclient"), "127.0.0.1", "{port}"];

/** The commands of our own client. */
export const OUR_GET = CLIENT.concat(
  ["-g", "{file}", "--output", "{out}"],
  ["--on-duplicate", "overwrite", "--quiet"],
);
export const OUR_LIST = [...CLIENT, "-l"];
export const OUR_MANY = CLIENT.concat("--all", "--output", "{out}", "--no-sync", "--quiet");

/** Disposing of it ends our server, and removes every file that was created. */
export class Environment implements AsyncDisposable {
  readonly port = findFreePort();
  readonly #scratch = mkdtempSync(join(tmpdir(), `${PREFIX}-`));
  /** Where the files are created; other servers can find them there if the user has named the directory. */
  readonly root: string;
  readonly #created: string[] = [this.#scratch];
  #server: Bun.Subprocess | undefined;

  constructor(root: string | undefined) {
    this.root = root ?? this.#scratch;
  }

  /** The process id of our server. */
  get serverPid(): number {
    return this.#server?.pid ?? 0;
  }

  /** Returns the path for the output of a client. */
  getOutputPath(client: string): string {
    return join(this.#scratch, `out-${client}`);
  }

  /** Creates a file of random bytes, in which no two pieces are equal; returns its name. */
  createFile(size: number, suffix = ""): string {
    const name = `${PREFIX}-${size}${suffix}.bin`;
    const path = join(this.root, name);
    this.#created.push(path);
    const piece = Buffer.alloc(MIB, crypto.getRandomValues(new Uint8Array(MOST_RANDOM)));
    const fd = openSync(path, "w");
    for (let done = 0; done < size; done += MIB) {
      piece.writeDoubleLE(done, 0);
      writeSync(fd, piece, 0, Math.min(MIB, size - done));
    }
    fsyncSync(fd); // otherwise its way to the disk slows down the first client
    closeSync(fd);
    return name;
  }

  /** Creates a directory with files of `size` bytes under the root; returns its name. */
  createDirectory(fileCount: number, size = 0): string {
    const name = `${PREFIX}-list-${size}`;
    const path = join(this.root, name);
    mkdirSync(path);
    this.#created.push(path);
    const content = Buffer.alloc(size, crypto.getRandomValues(new Uint8Array(MOST_RANDOM)));
    for (let index = 0; index < fileCount; index++) {
      if (size >= Uint32Array.BYTES_PER_ELEMENT) content.writeUInt32LE(index);
      writeFileSync(join(path, `file-${index}.txt`), content);
    }
    return name;
  }

  /** Starts our server on the root, or on a directory in it, for at least so many clients. Throws `WorkFailed`. */
  async startServer(directory = ".", clients = 0): Promise<void> {
    await this.#stopServer();
    const log = Bun.file(join(this.#scratch, "server.log"));
    const limits = ["--max-clients", String(clients), "--max-per-ip", String(clients)];
    const server = Bun.spawn(
      [
        ...getProgramCommand("ftserver"),
        String(this.port),
        "--host",
        "127.0.0.1",
        "--log",
        "json",
      ].concat(["--root", join(this.root, directory)], clients > 0 ? limits : []),
      { stdin: "ignore", stdout: "ignore", stderr: log },
    );
    this.#server = server;
    const end = performance.now() + SERVER_TIMEOUT;
    while (!(await isListening(this.port))) {
      if (performance.now() > end || server.exitCode !== null)
        throw new WorkFailed(`our server does not listen: ${(await log.text()).slice(-300)}`);
      await Bun.sleep(POLL);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopServer();
    for (const path of this.#created) rmSync(path, { recursive: true, force: true });
  }

  async #stopServer(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.kill("SIGTERM");
    const timer = setTimeout(() => server.kill("SIGKILL"), SERVER_TIMEOUT);
    await server.exited.finally(() => clearTimeout(timer));
  }
}

async function isListening(port: number): Promise<boolean> {
  const connection = await dial({ address: "127.0.0.1", port }, SERVER_TIMEOUT).catch(
    () => undefined,
  );
  connection?.close();
  return connection !== undefined;
}
