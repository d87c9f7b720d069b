// Nothing that a hostile server names controls the terminal, with --json neither; and JSON still gives the names back.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { runProgram } from "../testing/testing.ts";

const LIMIT = 20_000;

/** C0, C1, DEL, line separators and bidi controls: the whole of what a name could harm a terminal with. */
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const NAMES = [
  "ok.txt",
  "\u009b31mred",
  "\u007fdel",
  "\u202egnp.exe",
  "\u001b[2J\u0085\u2028x",
  "\u2066y",
];
const LISTING = NAMES.map((name) => `${name}\n`).join("");

let server: Bun.TCPSocketListener<undefined>;

beforeAll(() => {
  server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: answer } });
});
afterAll(() => server.stop(true));

/** Lists the harmful names, and refuses a file in harmful words. */
async function answer(p: Bun.Socket<undefined>, request: Buffer): Promise<void> {
  const text = request.toString();
  if (text.startsWith("-g")) return void p.write(`550 No\u009b31m \u202efile\u007f.\n`);
  const port = Number(text.trim().split(" ").at(-1));
  const q = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
  const bytes = Buffer.byteLength(LISTING);
  p.write(`150 bytes=${bytes} port=${q.localPort} Here.\n`);
  q.write(LISTING);
  q.end();
  p.write(`226 bytes=${bytes} Done.\n`);
}

test.each([[["-l"]], [["-l", "--json"]], [["-g", "f"]], [["-g", "f", "--json"]]])(
  "%j prints no harmful character",
  async (args) => {
    const { stdout, stderr } = await runProgram("ftclient", [
      "127.0.0.1",
      String(server.port),
      ...args,
    ]);
    // In a pipe a name is as it is, except for controls: it must be the name that can be asked for.
    const isPlainList = args.length === 1 && args[0] === "-l";
    expect(isPlainList ? stdout.replaceAll(/[\u202e\u2066]/g, "") : stdout).not.toMatch(HARMFUL);
    expect(stderr).not.toMatch(HARMFUL);
    if (args.join() === "-l,--json") expect(JSON.parse(stdout).files).toEqual(NAMES);
  },
  LIMIT,
);
