// The place in a student's own source is found in the traces of every usual language.

import { expect, test } from "bun:test";
import { describeCrash } from "./crash.ts";
import { findOwnFrame, formatFrame } from "./stack-frame.ts";

const QUICK = 2_000; // these look at data and nothing else

const PYTHON = `Traceback (most recent call last):
  File "/class/ada/server.py", line 40, in <module>
    main()
  File "/class/ada/server.py", line 12, in serve
    port = int(words[2])
  File "/usr/lib/python3.11/socket.py", line 300, in send
IndexError: list index out of range
`;
const JAVA = `Exception in thread "main" java.lang.NumberFormatException: For input string: "x"
\tat java.base/java.lang.Integer.parseInt(Integer.java:668)
\tat java.lang.Integer.parseInt(Integer.java:784)
\tat ftp.Server.serve(Server.java:31)
\tat ftp.Server.main(Server.java:9)
`;
const ASAN = `=================================================================
==77==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 at pc 0x55 bp 0x7f sp 0x7e
    #0 0x7f11 in memcpy ../../../../src/libsanitizer/sanitizer_common/sanitizer_common_interceptors.inc:827
    #1 0x5580 in copy_name /class/ada/server.c:21
    #2 0x5581 in main /class/ada/server.c:60
SUMMARY: AddressSanitizer: heap-buffer-overflow /class/ada/server.c:21 in copy_name
`;
const GDB = `Program received signal SIGSEGV, Segmentation fault.
__strchr_avx2 () at ../sysdeps/x86_64/multiarch/strchr-avx2.S:57
#0  __strchr_avx2 () at ../sysdeps/x86_64/multiarch/strchr-avx2.S:57
#1  0x0000555555555263 in serve (c=4) at /class/ada/crash.c:8
#2  0x0000555555555400 in main (argc=2, argv=0x7ffe) at /class/ada/crash.c:14
`;
const NODE = `/class/ada/server.js:7
TypeError: Cannot read properties of undefined (reading 'trim')
    at serve (/class/ada/server.js:7:31)
    at Socket.<anonymous> (/class/ada/server.js:20:5)
`;
const GO = `panic: runtime error: index out of range [2] with length 1

goroutine 6 [running]:
main.serve({0x1, 0x2})
\t/class/ada/main.go:19 +0x85
created by main.main in goroutine 1
`;

test.each([
  ["Python", PYTHON, "server.py line 12, in serve"],
  ["Java", JAVA, "Server.java line 31, in serve"],
  ["the address sanitizer", ASAN, "server.c line 21, in copy_name"],
  ["gdb", GDB, "crash.c line 8, in serve"],
  ["Node", NODE, "server.js line 7, in serve"],
  ["Go", GO, "main.go line 19, in serve"],
  ["Rust", "thread 'main' panicked at src/main.rs:33:9:\nboom", "main.rs line 33"],
])(
  "%s",
  (_, text, place) => {
    const frame = findOwnFrame(text);
    expect(frame && formatFrame(frame)).toBe(place);
  },
  QUICK,
);

test("text without a trace has no place", () => expect(findOwnFrame("ready\n")).toBeUndefined());

test(
  "a crash names the place, and the report of a sanitizer is its cause",
  () => {
    const end = { code: 1, signal: null, words: "exit status 1" };
    expect(describeCrash(PYTHON, end)).toMatchObject({
      kind: "IndexError",
      words: "exit status 1, IndexError: list index out of range, at server.py line 12, in serve",
    });
    expect(describeCrash(ASAN, end)).toMatchObject({
      kind: "heap-buffer-overflow",
      place: "server.c line 21, in copy_name",
    });
  },
  QUICK,
);
