// CSV as spreadsheets write it, read and written.

import { expect, test } from "bun:test";
import { formatCsv, parseCsv } from "./csv.ts";

const QUICK = 2_000; // these look at text and nothing else

const readable: [string, string, string[][]][] = [
  [
    "plain lines",
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "no newline at the end",
    "a,b\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "Windows' line ends and byte order mark",
    "\uFEFFa,b\r\n1,2\r\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "quotes, with separators, quotes and line ends in them",
    'a\n"x, ""y""\nz"\n',
    [["a"], ['x, "y"\nz']],
  ],
  [
    "empty fields, the last one too",
    "a,b,c\n,,\n1,,\n",
    [
      ["a", "b", "c"],
      ["1", "", ""],
    ],
  ],
  [
    "semicolons, as Excel writes them in Europe",
    "a;b\n1,5;2\n",
    [
      ["a", "b"],
      ["1,5", "2"],
    ],
  ],
  ["nothing", "", []],
];

test.each(readable)("reads %s", (_, text, rows) => expect(parseCsv(text)).toEqual(rows), QUICK);

test.each([
  ['a\n"b', "line 2: a quote is never closed"],
  ['a\n"b"c\n', "line 2: text behind a closing quote"],
])("refuses %j", (text, why) => expect(() => parseCsv(text)).toThrow(why), QUICK);

test(
  "writes what it reads",
  () => {
    const rows = [
      ["a", 'b "c", d\ne'],
      ["", "f"],
    ];
    expect(parseCsv(formatCsv(rows))).toEqual(rows);
  },
  QUICK,
);

test(
  "a name that is a formula stays a name",
  () => expect(formatCsv([["=1+1", "@x", "-y", "z=1", 5]])).toBe("'=1+1,'@x,'-y,z=1,5\r\n"),
  QUICK,
);
