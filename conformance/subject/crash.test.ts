// What a crash is called: by its exception, its signal or its status.

import { expect, test } from "bun:test";
import { describeCrash } from "./crash.ts";

const QUICK = 2_000; // these look at data and nothing else
const TRACE = "Traceback (most recent call last):\n  File x\nConnectionResetError: [Errno 104]\n";

test.each([
  [
    "an exception",
    TRACE,
    { code: 1, signal: null, words: "exit status 1" },
    "ConnectionResetError",
  ],
  ["an exception of a server that runs on", TRACE, undefined, "ConnectionResetError"],
  ["a signal", "", { code: null, signal: "SIGSEGV", words: "ended by SIGSEGV" }, "SIGSEGV"],
  ["a signal that a shell reports", "", { code: 141, signal: null, words: "exit" }, "SIGPIPE"],
  ["a status", "bye", { code: 3, signal: null, words: "exit status 3" }, "exit 3"],
])("%s", (_, output, end, kind) => expect(describeCrash(output, end)?.kind).toBe(kind), QUICK);

test("no crash", () => expect(describeCrash("all is well", undefined)).toBeUndefined(), QUICK);
