// What ftclient makes of wrong arguments: one sentence that names what is wrong, status 2, and nothing opened.

import { expect, test } from "bun:test";
import { run } from "../testing/testing.ts";

const LIMIT = 20_000;
const RANGE = "a decimal number from";
const usages: [string[], string][] = [
  [["h", "1", "-g", "a\nb"], '-g takes a name without control characters, not "a\\x0ab".'],
  [[], "SERVER_HOST is missing. See ftclient --help."],
  [["h"], "SERVER_PORT is missing. See ftclient --help."],
  [["h", "0x50", "-l"], `SERVER_PORT takes ${RANGE} 1 to 65535, not "0x50".`],
  [["h", "65536", "-l"], `SERVER_PORT takes ${RANGE} 1 to 65535, not "65536".`],
  [["h", "1", "-l", "1023"], `DATA_PORT takes ${RANGE} 1024 to 65535, not "1023".`],
  [["h", "1", "-l", "1e4"], `DATA_PORT takes ${RANGE} 1024 to 65535, not "1e4".`],
  [["h", "1"], "Give one command: -l to list, or -g FILENAME to fetch."],
  [["h", "1", "-l", "-g", "x"], "Give one command: -l to list, or -g FILENAME to fetch; not both."],
  [["h", "1", "-g"], "-g takes a value: -g FILENAME."],
  [
    ["h", "1", "-g", "30020"],
    "-g takes a FILENAME before the DATA_PORT: for a file that is named 30020, give both.",
  ],
  [["h", "1", "-x", "30020"], 'Unknown option "-x". See ftclient --help.'],
  [["h", "1", "--lsit"], 'Unknown option "--lsit". Did you mean --list?'],
  [["h", "1", "-l", "-l"], "-l is given more than once."],
  [["h", "1", "--list=yes"], "--list takes no value."],
  [
    ["h", "1", "-g", "a/b"],
    '-g takes the name of a file, not a path: "a/b". Use --output to save elsewhere.',
  ],
  [
    ["http://h/", "1", "-l"],
    'SERVER_HOST takes a host name or an IP address alone, not "http://h/".',
  ],
  [["h:1", "1", "-l"], 'SERVER_HOST takes a host name or an IP address alone, not "h:1".'],
  [["[::1", "1", "-l"], 'SERVER_HOST takes a host name or an IP address alone, not "[::1".'],
  [["h", "-1", "-l"], `SERVER_PORT takes ${RANGE} 1 to 65535, not "-1".`],
  [["h", "1", "-l", "--on-duplicate", "rename"], "--on-duplicate goes with -g."],
  [
    ["h", "1", "-g", "x", "-o", "here/"],
    '--output takes the name of a file, not of a directory: "here/".',
  ],
  [
    ["h", "1", "-g", "x", "-o", "/dev/stdout", "--json"],
    "--json and --output - cannot share standard output.",
  ],
  [
    ["h", "1", "-g", "x", "--on-duplicate", "maybe"],
    '--on-duplicate takes refuse, rename, overwrite, ask, not "maybe".',
  ],
  [
    ["h", "1", "-l", "--timeout", "soon"],
    '--timeout takes a number from 0.1 to 86400, not "soon".',
  ],
  [
    ["h", "1", "-g", "x", "-o", "-", "--json"],
    "--json and --output - cannot share standard output.",
  ],
];

test.each(usages)(
  "wrong usage %j is told in a sentence",
  async (args, sentence) => {
    const ended = await run("ftclient", args);
    const json = args.includes("--json") ? `{"ok":false,"error":"${sentence}","exit":2}\n` : "";
    expect(ended).toEqual({ exit: 2, stdout: json, stderr: `ftclient: ${sentence}\n` });
  },
  LIMIT,
);

test(
  "a password among the arguments is not repeated, and the right way is told",
  async () => {
    const { exit, stderr } = await run("ftclient", ["h", "1", "-l", "30020", "ada", "s3cret"]);
    expect(exit).toBe(2);
    expect(stderr).toContain("use --user NAME");
    expect(stderr).not.toContain("s3cret");
  },
  LIMIT,
);
