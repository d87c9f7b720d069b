// ftclient reports a wrong argument in one sentence, exits with 2, and opens nothing.

import { expect, test } from "bun:test";
import { runProgram } from "../testing/testing.ts";

const LIMIT = 20_000;
const NUMBER = "a decimal number from";
const GIVE_ONE = "Give one command: -l to list, -g FILENAME to fetch, or --all to fetch all files.";
const usages: [string[], string][] = [
  [["h", "1", "-g", "a\nb"], '-g takes a name without control characters, not "a\\x0ab".'],
  [[], "SERVER_HOST is missing. See ftclient --help."],
  [["h"], "SERVER_PORT is missing. See ftclient --help."],
  [["h", "0x50", "-l"], `SERVER_PORT takes ${NUMBER} 1 to 65535, not "0x50".`],
  [["h", "65536", "-l"], `SERVER_PORT takes ${NUMBER} 1 to 65535, not "65536".`],
  [["h", "1", "-l", "1023"], `DATA_PORT takes ${NUMBER} 1024 to 65535, not "1023".`],
  [["h", "1", "-l", "1e4"], `DATA_PORT takes ${NUMBER} 1024 to 65535, not "1e4".`],
  [["h", "1"], GIVE_ONE],
  [["h", "1", "-l", "-g", "x"], GIVE_ONE.replace(/\.$/, "; not more than one of them.")],
  [["h", "1", "-g"], "-g takes a value: -g FILENAME."],
  [
    ["h", "1", "-g", "30020"],
    "-g takes a FILENAME before the DATA_PORT: to fetch a file named 30020, give both.",
  ],
  [["h", "1", "-x", "30020"], 'Unknown option "-x". See ftclient --help.'],
  [["h", "1", "--lsit"], 'Unknown option "--lsit". Did you mean --list?'],
  [["h", "1", "--cas"], 'Unknown option "--cas". Did you mean --ca?'],
  ...[
    ["h", "1", "list"],
    ["list", "h", "1"],
    ["h", "list"],
    ["h", "1", "LIST", "--json"],
  ].map((args): [string[], string] => [args, "A command is an option: use -l to list."]),
  ...[
    ["h", "1", "get", "x"],
    ["get", "h", "1", "x"],
    ["h", "1", "get", "x", "30020"],
  ].map((args): [string[], string] => [args, "A command is an option: use -g FILENAME to fetch."]),
  ...[
    ["h", "1", "-g", "two", "words"],
    ["h", "1", "-g", "a.txt", "Makefile"],
  ].map((args): [string[], string] => [
    args,
    "DATA_PORT takes a decimal number from 1024 to 65535. For several files, put -g before each name; put a name with spaces in quotes.",
  ]),
  [["h", "1", "-l", "--all"], GIVE_ONE.replace(/\.$/, "; not more than one of them.")],
  [["h", "1", "-g", "x", "--all"], GIVE_ONE.replace(/\.$/, "; not more than one of them.")],
  [["h", "1", "--all", "b.txt"], `DATA_PORT takes ${NUMBER} 1024 to 65535, not "b.txt".`],
  [["h", "1", "--all", "--jobs", "33"], '--jobs takes a number from 1 to 32, not "33".'],
  [["h", "1", "-l", "--jobs", "3"], "--jobs can be used with -g only."],
  [
    ["h", "1", "-g", "*.txt", "30020", "-j", "2"],
    "--jobs 2 needs 2 data ports: leave DATA_PORT out.",
  ],
  [
    ["h", "1", "-g", "a.txt", "b/c.txt"],
    '-g takes the name of a file, not a path: "b/c.txt". Use --output to save elsewhere.',
  ],
  ...["ada@h", "ada:s3cret@h", "ft://ada:s3cret@h/"].map((host): [string[], string] => [
    [host, "1", "-l"],
    "SERVER_HOST takes no user name: give the host alone, and use --user NAME.",
  ]),
  [["h", "1", "-l", "--active", "--passive"], "Give --active or --passive; not both."],
  [["h", "1", "-l", "-l"], "-l is given more than once."],
  [["h", "1", "--list=yes"], "--list takes no value."],
  [
    ["h", "1", "-g", "a/b"],
    '-g takes the name of a file, not a path: "a/b". Use --output to save elsewhere.',
  ],
  [
    ["http://h/", "1", "-l"],
    'SERVER_HOST takes only a host name or an IP address, not "http://h/".',
  ],
  [["h:1", "1", "-l"], 'SERVER_HOST takes only a host name or an IP address, not "h:1".'],
  [["[::1", "1", "-l"], 'SERVER_HOST takes only a host name or an IP address, not "[::1".'],
  [["h", "-1", "-l"], `SERVER_PORT takes ${NUMBER} 1 to 65535, not "-1".`],
  [["h", "1", "-l", "--on-duplicate", "rename"], "--on-duplicate can be used with -g only."],
  [["h", "1", "-g", "a\ufffd"], '-g takes a name in UTF-8, not "a\ufffd".'],
  [["h", "1", "-g", "x", "-o", "a\ufffd"], '--output takes a name in UTF-8, not "a\ufffd".'],
  [
    ["h", "1", "-g", "x", "-o", "/dev/stdout", "--json"],
    "--json and --output - cannot share standard output.",
  ],
  [
    ["h", "1", "-g", "x", "--on-duplicate", "maybe"],
    '--on-duplicate takes refuse, rename, overwrite or ask, not "maybe".',
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
  "wrong usage %j is reported in one sentence",
  async (args, sentence) => {
    const result = await runProgram("ftclient", args);
    const json = args.includes("--json")
      ? `{"ok":false,"kind":"usage","error":"${sentence}","exit":2}\n`
      : "";
    expect(result).toEqual({ exit: 2, stdout: json, stderr: `ftclient: ${sentence}\n` });
  },
  LIMIT,
);

test.each<string[]>([
  ["a.txt", "30020", "b.txt"],
  ["a.txt", "b.txt", "30020"],
  ["a.txt", "30020", "ada", "s3cret"],
])(
  "-g %s %s %s may mean a port or a file, so it is refused",
  async (...names) => {
    const { exit, stderr } = await runProgram("ftclient", ["h", "1", "-g", ...names]);
    expect(exit).toBe(2);
    expect(stderr).toContain("It is not clear whether the number is DATA_PORT");
    expect(stderr).not.toContain("s3cret");
  },
  LIMIT,
);

test(
  "a password on the command line is not repeated, and the message names the right way",
  async () => {
    const { exit, stderr } = await runProgram("ftclient", [
      "h",
      "1",
      "-l",
      "30020",
      "ada",
      "s3cret",
    ]);
    expect(exit).toBe(2);
    expect(stderr).toContain("use --user NAME");
    expect(stderr).not.toContain("s3cret");
  },
  LIMIT,
);
