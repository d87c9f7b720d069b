// CSV as spreadsheets write it, read and written.

import { expect, test } from "bun:test";
import { formatCsv, parseCsv, readRows } from "./csv.ts";

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

test(
  "a wrong quote spoils its own row, and the rows after it keep their lines",
  () => {
    const text = 'name,x\n"Ada,1\n"Bob"b,2\n"Cy\nd",3\n\n"Eve",4\nFay,"5\n';
    expect(readRows(text)).toEqual([
      { line: 1, fields: ["name", "x"] },
      { line: 2, fields: ["Ada", "1"], problem: "text behind a closing quote" },
      { line: 3, fields: ["Bobb", "2"], problem: "text behind a closing quote" },
      { line: 4, fields: ["Cy\nd", "3"] },
      { line: 7, fields: ["Eve", "4"] },
      { line: 8, fields: ["Fay", "5"], problem: "a quote is never closed" },
    ]);
  },
  QUICK,
);

test(
  "only letters beyond ASCII get a byte order mark",
  () => {
    expect(formatCsv([["a"]])).toBe("a\r\n");
    expect(formatCsv([["é"]])).toBe("\uFEFFé\r\n");
  },
  QUICK,
);

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
