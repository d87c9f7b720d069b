// A question about one of several files: what is told of the others waits for the answer.

import { expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestServer, waitUntil } from "../testing/testing.ts";

const LIMIT = 30_000;
const LOGS = ["a.log", "b.log", "c.log"];

test(
  "while a person is asked about one file, nothing is printed about the others",
  async () => {
    await using server = new TestServer();
    for (const name of LOGS) server.createFile(`root/${name}`, name);
    await server.start();
    const cwd = server.createDirectory("here");
    for (const name of ["a.log", "b.log"]) writeFileSync(join(cwd, name), "mine\n");
    let screen = "";
    const client = Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, "../ftclient.ts"),
        ...server.endpoint,
        "-g",
        ...LOGS,
      ],
      {
        cwd,
        env: { PATH: Bun.env["PATH"] ?? "", HOME: "/dev/null", TERM: "xterm" },
        timeout: LIMIT / 2,
        terminal: { cols: 200, rows: 24, data: (_, bytes) => void (screen += bytes.toString()) },
      },
    );
    const answers = ["r", "s"];
    for (const [index, answer] of answers.entries()) {
      await waitUntil(() => screen.split("[s]kip? ").length > index + 1, "a question");
      await Bun.sleep(100); // the third file has come by now
      expect(screen).toEndWith("[s]kip? ");
      client.terminal?.write(`${answer}\n`);
    }
    expect(await client.exited).toBe(7);
    client.terminal?.close();
    expect(screen).toContain("c.log: transfer complete");
    expect(screen).toContain("2 of 3 files complete, 1 failed");
    expect(readdirSync(cwd).sort()).toEqual(["a.1.log", ...LOGS]);
  },
  LIMIT,
);
