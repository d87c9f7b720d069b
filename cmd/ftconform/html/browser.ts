// A headless Chromium for the tests, spoken to through its DevTools protocol: no package is needed for that.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian, Fedora and macOS call it differently. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/** Chromium starts in a second; on a machine that is busy in many. */
const START_LIMIT = 20_000;
/** One answer of a browser that runs, also on a machine that is busy. */
const ANSWER_LIMIT = 10_000;
const POLL = 50;
/** Nothing of it may use the network or the desktop; as root it has no sandbox. */
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--hide-scrollbars", "--disable-dev-shm-usage", "--remote-debugging-port=0"],
];

export const chromium = (): string | undefined =>
  NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined;

type Answer = { id: number; result?: Record<string, unknown>; error?: { message: string } };

/** One browser with one page. */
export class Browser implements AsyncDisposable {
  #last = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  private constructor(
    private readonly socket: WebSocket,
    private readonly stop: () => Promise<void>,
  ) {
    socket.addEventListener("message", ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      this.#waiting.get(answer.id)?.(answer);
    });
  }

  static async start(path: string): Promise<Browser> {
    const directory = mkdtempSync(join(tmpdir(), "ftconform-browser-"));
    const browser = Bun.spawn([path, ...FLAGS, `--user-data-dir=${directory}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore"],
      detached: true,
      env: { ...process.env, TMPDIR: directory }, // what it leaves behind goes with its directory
    });
    const stop = async (): Promise<void> => {
      process.kill(-browser.pid, "SIGKILL"); // with its children, which are many
      await browser.exited;
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: POLL });
    };
    try {
      return new Browser(await connected(directory), stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  /** Asks for one thing, and waits for its answer. */
  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    this.socket.send(JSON.stringify({ id, method, params }));
    const answer = await bounded(promise, method);
    this.#waiting.delete(id);
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result ?? {};
  }

  /** The value of an expression in the page. */
  async value<T>(expression: string): Promise<T> {
    const asked = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", asked);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  async open(html: string, width: number, scheme: "light" | "dark"): Promise<void> {
    const screen = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await this.send("Emulation.setDeviceMetricsOverride", screen);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { features });
    const { frameTree } = (await this.send("Page.getFrameTree")) as {
      frameTree: { frame: { id: string } };
    };
    await this.send("Page.setDocumentContent", { frameId: frameTree.frame.id, html });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await this.stop();
  }
}

async function connected(directory: string): Promise<WebSocket> {
  const port = await debuggingPort(join(directory, "DevToolsActivePort"));
  const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const page = pages.find(({ type }) => type === "page");
  if (!page) throw new Error("chromium has no page");
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  const open = Promise.withResolvers<WebSocket>();
  socket.addEventListener("open", () => open.resolve(socket));
  socket.addEventListener("error", () => open.reject(new Error("chromium refused the connection")));
  return bounded(open.promise, "connecting");
}

async function debuggingPort(path: string): Promise<number> {
  for (
    const end = performance.now() + START_LIMIT;
    performance.now() < end;
    await Bun.sleep(POLL)
  ) {
    const text = await Bun.file(path)
      .text()
      .catch(() => "");
    const port = Number(text.split("\n")[0]);
    if (port > 0) return port;
  }
  throw new Error(`chromium was not ready in ${START_LIMIT} ms`);
}

async function bounded<T>(promise: Promise<T>, what: string): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const late = new Error(`chromium: ${what} took more than ${ANSWER_LIMIT} ms`);
  const timer = setTimeout(() => limit.reject(late), ANSWER_LIMIT);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
