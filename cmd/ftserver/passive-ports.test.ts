// The range of --passive-ports: all workers share it, and a port that is in use is skipped.

import { expect, test } from "bun:test";
import { listen } from "../../lib/net/socket.ts";
import { runProgram, TestServer } from "../testing/testing.ts";

const LIMIT = 30_000;

/** Listeners on two ports in a row. */
function listenOnTwo() {
  for (;;) {
    const first = listen({ address: "127.0.0.1", port: 0 }, () => {});
    try {
      return [first, listen({ address: "127.0.0.1", port: first.port + 1 }, () => {})] as const;
    } catch {
      first[Symbol.dispose]();
    }
  }
}

test(
  "workers take the free port of a range in turn; if there is none, the client is told to come later",
  async () => {
    const [first, second] = listenOnTwo();
    using _taken = second;
    await using server = await new TestServer().start(
      ...["--host", "127.0.0.1", "--workers", "2", "--dial-timeout", "1"],
      ...["--passive-ports", `${first.port}-${second.port}`],
    );
    const list = () => runProgram("ftclient", [...server.endpoint, "-l", "--passive"]);
    const none = await list();
    expect(none).toMatchObject({ exit: 6, stdout: "" });
    expect(none.stderr).toBe(
      `ftclient: None of the ports ${first.port} to ${second.port} of the server is free for the data connection: try again later.\n`,
    );
    first[Symbol.dispose]();
    for (let run = 0; run < 6; run++) {
      expect(await list()).toEqual({ exit: 0, stdout: "", stderr: "" });
    }
  },
  LIMIT,
);
