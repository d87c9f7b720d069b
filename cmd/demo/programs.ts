// ftserver and ftclient as the demo runs them: real processes, their command lines and their words shown.

import { join } from "node:path";
import { dial } from "../../lib/net/socket.ts";
import { freePort } from "../cli/free-port.ts";

/** Longest that any part of the demo may take, in ms. */
const PATIENCE = 60_000;

/** Longest that a line of the server's log is waited for, so that it stands under the step it belongs to, in ms. */
const LOG_PATIENCE = 1_000;
const POLL = 5;

const COMMANDS = join(import.meta.dir, "..");

/** Runs ftclient in `directory`, shows what it says, and returns its exit status and standard output. */
export async function runClient(directory: string, port: number, words: string[]) {
  console.log(`   $ ftclient localhost ${port} ${words.map(quoted).join(" ")}`);
  const client = Bun.spawn(
    [process.execPath, join(COMMANDS, "ftclient.ts"), "localhost", String(port), ...words],
    { cwd: directory, stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: PATIENCE },
  );
  const [stdout, stderr] = await Promise.all([client.stdout.text(), client.stderr.text()]);
  for (const line of `${stdout}${stderr}`.trimEnd().split("\n")) console.log(`   ${line}`);
  return { exit: await client.exited, stdout };
}

/** The server of the demo, on a port that the system chooses. */
export class DemoServer implements AsyncDisposable {
  /** Lines that have been shown, and those that were waited for. */
  #shown = 0;
  #awaited = 0;

  private constructor(
    private readonly process: Bun.Subprocess<"ignore", "ignore", "pipe">,
    readonly port: number,
  ) {}

  /** Starts ftserver on a free port and waits until it says that it listens. */
  static async start(directory: string): Promise<DemoServer> {
    const port = freePort();
    console.log(`   $ ftserver ${port} --root ${directory}`);
    const server = Bun.spawn(
      [
        process.execPath,
        join(COMMANDS, "ftserver.ts"),
        String(port),
        "--root",
        directory,
        "--log",
        "pretty",
      ],
      { stdin: "ignore", stdout: "ignore", stderr: "pipe", timeout: PATIENCE },
    );
    const demo = new DemoServer(server, port);
    void demo.#show(server.stderr);
    while (demo.#shown === 0 && server.exitCode === null) await Bun.sleep(POLL);
    demo.#awaited = demo.#shown;
    return demo;
  }

  /** Waits until the server's line about one more client has been shown. */
  async line(): Promise<void> {
    this.#awaited++;
    const end = performance.now() + LOG_PATIENCE;
    while (this.#shown < this.#awaited && performance.now() < end) await Bun.sleep(POLL);
  }

  async #show(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const bytes of stream) {
      const lines = Buffer.from(bytes).toString().trimEnd().split("\n");
      for (const line of lines) console.log(`   server: ${line}`);
      this.#shown += lines.length;
    }
  }

  /** Sends a line as a person with `nc` would, and returns the reply. */
  async type(line: string): Promise<string> {
    console.log(`   $ nc localhost ${this.port}  <-  ${line.trim()}`);
    const reply = await this.#ask(line);
    await this.line();
    return reply;
  }

  async #ask(line: string): Promise<string> {
    await using connection = await dial({ address: "127.0.0.1", port: this.port }, PATIENCE);
    await connection.write(line, PATIENCE);
    return String(await connection.read(PATIENCE));
  }

  /** Ends the server as a supervisor would, and returns its exit status. */
  async interrupt(): Promise<number> {
    console.log("   $ kill -INT, or Ctrl-C at its terminal");
    this.process.kill("SIGINT");
    return this.process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill();
    await this.process.exited;
  }
}

function quoted(word: string): string {
  return word.includes(" ") ? `'${word}'` : word;
}
