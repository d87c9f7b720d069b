// Names of files that programs confuse: beside each other in one directory, and asked for although they are not there.

import type { Random } from "./random.ts";

const STEMS = ["report", "notes", "data"] as const;

/** Names with letters, digits, dots and signs that need no quotes. All end in `.txt`: some programs serve nothing else. */
export function drawSimilarNames(random: Random): string[] {
  const stem = random.pick(STEMS);
  return [
    `${stem}.txt`,
    `${capitalize(stem)}.txt`,
    `${stem.toUpperCase()}.txt`,
    `${stem}s.txt`,
    `${stem.slice(1)}.txt`,
    `${stem.slice(0, -1)}.txt`,
    `${stem}.1.txt`,
    `${stem}.txt.txt`,
    `my-${stem}.txt`,
    `${stem}_2.txt`,
    ...LONG_NAMES,
  ];
}

/** Bytes at which the buffers of many programs end. A MUST asks for no longer name. */
const CUTS = [8, 16, 20, 32, 50] as const;
const LONGEST = 60;

/** Two names that begin alike: cut by a short buffer, they are the same. */
const LONG_NAMES = CUTS.flatMap((cut) => {
  const beginning = `ch-${"abcdefghij".repeat(LONGEST)}`.slice(0, cut);
  return [`${beginning}1.txt`, `${beginning}2.txt`];
});

/** Names that no file has, each similar to one that is there. */
export function deriveAbsentNames(name: string): string[] {
  const [stem = name] = name.split(/\.txt$/);
  return [
    stem,
    `${stem}.tx`,
    `${stem}.txtx`,
    `${stem}.txt.bak`,
    `${stem}_txt`,
    `${stem}*`,
    `${stem.slice(0, -1)}?.txt`,
    `*${stem.slice(1)}.txt`,
    `[${stem[0]}]${stem.slice(1)}.txt`,
    `x${stem}.txt`,
    name.toUpperCase(),
    swapCase(name),
    `%${Buffer.from(name).toString("hex", 0, 1)}${name.slice(1)}`, // as a URL may have it
    `"${name}"`,
  ];
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const swapCase = (text: string): string =>
  text.replace(/[a-z]/gi, (each) =>
    each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase(),
  );

export const BLANK_NAMES = [
  "a b.txt",
  "three short words.txt",
  "two  blanks.txt",
  "a b",
  "30020 30021.txt",
];

/** The most bytes that Linux allows. */
const LONGEST_OF_ALL = 255;
const makeLong = (length: number): string => `${"n".repeat(length - 4)}.txt`;

export const ODD_NAMES = [
  ...[64, 65, 100, 101, 128, 129, 200, 254, LONGEST_OF_ALL].map(makeLong),
  "-x.txt",
  "-l",
  "two..dots.txt",
  "no-extension",
  "a'b.txt",
  'a"b.txt',
  "a$HOME`id`.txt",
  "a;b&c|d.txt",
  "a\\b.txt",
  "a*b?[c].txt",
  "100%s%n%d.txt",
  "#1 {brackets}~!@+=,.txt",
  "h\u00e9llo.txt",
  "he\u0301llo.txt", // looks the same, and is another file
  "\u4e16\u754c.txt",
  "\u{1f600}.txt",
  "a: b=c.txt",
];
