// ftserver as the demo runs it: a real process, whose command line and log are shown.

import { dial } from "../../lib/net/socket.ts";
import { findFreePort } from "../cli/free-port.ts";
import { getProgramCommand } from "../cli/program-command.ts";
import { TIMEOUT } from "./run-client.ts";

/** The longest wait for a line of the server's log, in ms, so that the line stands under the step that it belongs to. */
const LOG_TIMEOUT = 1_000;
const POLL = 5;

/** A server on a port that the system chooses. */
export class DemoServer implements AsyncDisposable {
  /** How many lines were shown, and how many were waited for. */
  #shown = 0;
  #expected = 0;

  private constructor(
    private readonly process: Bun.Subprocess<"ignore", "ignore", "pipe">,
    readonly port: number,
  ) {
    void this.#showLog(process.stderr);
  }

  /** Starts ftserver, and waits until its log says that it listens. */
  static async start(directory: string): Promise<DemoServer> {
    const port = findFreePort();
    console.log(`   $ ftserver ${port} --root ${directory}`);
    const args = [String(port), "--root", directory, "--log", "pretty"];
    const server = Bun.spawn([...getProgramCommand("ftserver"), ...args], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
      timeout: TIMEOUT,
    });
    const demo = new DemoServer(server, port);
    while (demo.#shown === 0 && server.exitCode === null) await Bun.sleep(POLL);
    demo.#expected = demo.#shown;
    return demo;
  }

  /** Waits until the log shows one more line: the line about the last client. */
  async waitForLogLine(): Promise<void> {
    this.#expected++;
    const end = performance.now() + LOG_TIMEOUT;
    while (this.#shown < this.#expected && performance.now() < end) await Bun.sleep(POLL);
  }

  /** Sends a line as a person with `nc` would, and returns the reply. */
  async sendLine(line: string): Promise<string> {
    console.log(`   $ nc localhost ${this.port}  <-  ${line.trim()}`);
    const reply = await requestReply(this.port, line);
    await this.waitForLogLine();
    return reply;
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

  async #showLog(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const bytes of stream) {
      const lines = Buffer.from(bytes).toString().trimEnd().split("\n");
      for (const line of lines) console.log(`   server: ${line}`);
      this.#shown += lines.length;
    }
  }
}

async function requestReply(port: number, line: string): Promise<string> {
  await using connection = await dial({ address: "127.0.0.1", port }, TIMEOUT);
  await connection.write(line, TIMEOUT);
  return String(await connection.read(TIMEOUT));
}
