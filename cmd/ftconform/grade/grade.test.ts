// A class with a submission that hangs, one that breeds and one that is not even startable, beside a good one.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseCsv } from "./csv.ts";
import { readSubmissions } from "./submissions.ts";

/** Four submissions side by side, of which one uses up its time, on a machine that is busy. */
const LIMIT = 120_000;
const QUICK = 2_000;
const TIME_LIMIT = "12"; // seconds: enough for the good one
const here = mkdtempSync(join(tmpdir(), "ftconform-grade-"));
afterAll(() => rmSync(here, { recursive: true, force: true }));

const ROOT = resolve(import.meta.dir, "../../..");
const file = join(here, "class.csv");
const good = "bun selftest/variants/honest-server.ts {port}";
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

beforeAll(() => {
  writeFileSync(join(here, "hang.sh"), "trap '' INT TERM; sleep 64; sleep 64\n");
  writeFileSync(join(here, "breed.sh"), "for i in $(seq 400); do sleep 64 & done; wait\n");
  const rows = [
    `Ada <b>,${quoted(good)},,1,${quoted(`${ROOT}/conformance`)}`,
    "Hang,sh hang.sh {port},,2,",
    "Breed,sh breed.sh {port},,3,",
    "Wrong,./x,,4,",
    "Absent,,,5,",
  ];
  writeFileSync(file, ["name,server,client,id,cwd", ...rows].join("\n"));
});

test.skipIf(process.platform !== "linux")(
  "each gets its verdict and its report, and nothing is left",
  async () => {
    const { PATH = "", HOME = here } = Bun.env;
    const options = ["--grade", file, "--out", "out", "--jobs", "4", "--only", "S7.8"];
    const limits = ["--time-limit", TIME_LIMIT, "--patience", "8"];
    const program = Bun.spawn(
      [process.execPath, `${ROOT}/cmd/ftconform.ts`, ...options, ...limits],
      {
        cwd: here,
        env: { PATH, HOME, TMPDIR: here },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const said = await program.stdout.text();
    expect([await program.exited, await program.stderr.text()]).toEqual([2, ""]);
    const [head = [], ...rows] = parseCsv(await Bun.file(join(here, "out/marks.csv")).text());
    const column = (title: string) => rows.map((row) => row[head.indexOf(title)]);
    expect(rows.map((row) => [row[0], row[1], row[head.indexOf("report")]])).toEqual([
      ["Ada <b>", "conformant", "ada-b-.html"],
      ["Hang", "inconclusive", "hang.html"],
      ["Breed", "inconclusive", "breed.html"],
      ["Wrong", "inconclusive", ""],
      ["Absent", "inconclusive", ""],
    ]);
    expect(column("id")).toEqual(["1", "2", "3", "4", "5"]);
    expect(column("S7.8")).toEqual(["pass", "inconclusive", "inconclusive", "", ""]);
    expect(column("points")).toEqual(["8", "0", "0", "0", "0"]);
    expect(column("reason")).toEqual([
      "The MUST rule that applies passes.",
      `Nothing could be tested: it was ended by the time limit of ${TIME_LIMIT} s.`,
      "Nothing could be tested: it was ended by more than 250 processes.",
      "It could not be tested: line 5: --server has no {port}: write './x {port}'.",
      "It could not be tested: line 6: the row has neither a server nor a client.",
    ]);
    expect(said).toContain("✓ Ada <b> ");
    const html = await Bun.file(join(here, "out/ada-b-.html")).text();
    expect(html).toContain("Ada &lt;b&gt;: conformant");
    const overview = await Bun.file(join(here, "out/index.html")).text();
    expect(overview).toContain('<a href="ada-b-.html">Ada &lt;b&gt;</a>');
    expect(overview).toContain("1 conformant, 4 inconclusive");
    expect(overview).not.toContain('href="wrong.html"');
    expect(readdirSync(here).filter((name) => name.startsWith("ftconform-"))).toEqual([]);
    const processes = Bun.spawnSync(["ps", "-Ao", "args"]).stdout.toString();
    expect(processes.match(/^sleep 64$/gm)).toBeNull();
  },
  LIMIT,
);

const read = (path: string) => readSubmissions(path, { options: {}, out: here });

const wrong: [string, string][] = [
  [
    "names,server\nx,y\n",
    'column "names" is unknown; the first line is name,server,client,dialect, and perhaps build,cwd,env,stdin,points,server-login,server-tls,client-login,client-tls,client-pin,add-user',
  ],
  ["server\ny\n", "there is no column called name"],
  ["name,server\n", "there are no submissions in it"],
  ["name,email\nx,y\n", "there is no column called server, and none called client"],
  ["name,server,server\nx,a,b\n", "there are two columns called server"],
];

test.each(wrong)(
  "%j is refused",
  (text, why) => {
    const path = join(here, "wrong.csv");
    writeFileSync(path, text);
    expect(() => read(path)).toThrow(`--grade ${JSON.stringify(path)}: ${why}.`);
  },
  QUICK,
);

test(
  "commands for what is optional have columns that are called as the options are",
  () => {
    const path = join(here, "extras.csv");
    writeFileSync(path, "name,server,server-tls,client-pin\nx,a,b,\ny,c,,d\n");
    expect(read(path).map(({ options }) => options)).toEqual([
      { server: "a", extras: { "server-tls": "b" } },
      { server: "c", extras: { "client-pin": "d" } },
    ]);
  },
  QUICK,
);

test(
  "a name becomes a file name that stays in the directory",
  () => {
    const path = join(here, "names.csv");
    const files: [name: string, file: string][] = [
      ["../../etc/x", "etc-x"],
      ["..", "submission"],
      ["Éva Ŝ/1", "éva-ŝ-1"],
      ["a\u0007\u001b[31m\nb", "a-31m-b"],
      ["कुमार", "कुमार"],
      ["कमार", "कमार"],
      ["Ann Lee", "ann-lee"],
      ["Ann-Lee", "ann-lee-2"],
      ["ANN LEE", "ann-lee-3"],
      ["Index", "index-2"],
      ["a.html", "a-html"],
      ["é".repeat(300), "é".repeat(100)],
    ];
    writeFileSync(path, ["name,server", ...files.map(([name]) => `"${name}",x`)].join("\n"));
    expect(read(path).map(({ name, file }) => [name, file])).toEqual(files);
  },
  QUICK,
);

const utf16 = (text: string): Uint8Array => Buffer.from(`\uFEFF${text}`, "utf16le");
const lists: [string, string | Uint8Array][] = [
  ["a byte order mark and CR LF", "\uFEFFname,server\r\nJosé,x\r\n"],
  ["UTF-16 and tabs, as Excel saves Unicode text", utf16("name\tserver\r\nJosé\tx\r\n")],
  ["UTF-16 with the high byte first", Buffer.from(utf16("name,server\nJosé,x\n")).swap16()],
  ["UTF-16 without its mark", utf16("name,server\nJosé,x\n").subarray(2)],
  ["the old code page of Windows", Buffer.from("name,server\nJosé,x\n", "latin1")],
  ["CR alone", "name,server\rJosé,x\r"],
  ["a line that names the separator", "sep=;\r\nname;server\r\nJosé;x\r\n"],
  ["a title above the column names", "Class 2026, spring;\nname;server\nJosé;x\n"],
  ["comments", "# my class\nname,server\n# the first half\nJosé,x\n"],
  ["columns without a title", "name,server,,\nJosé,x,,\n"],
  ["more separators than columns", "name,server\nJosé,x,,,\n"],
  ["titles in capitals, with blanks and quotes", '" Name ",SERVER\nJosé,x\n'],
];

test.each(lists)(
  "a class list may have %s",
  (_, content) => {
    const path = join(here, "list.csv");
    writeFileSync(path, content);
    const found = read(path).map(({ name, file, options, others }) => ({
      name,
      file,
      options,
      others,
    }));
    expect(found).toEqual([{ name: "José", file: "josé", options: { server: "x" }, others: {} }]);
  },
  QUICK,
);

test(
  "a wrong row spoils itself alone, and other columns pass through",
  () => {
    const path = join(here, "list.csv");
    const rows = [
      "id,name,email,server",
      "1,Ada,a@b.c,x",
      "2,Eve,,",
      "3,,c,x",
      "4,Bob,b,x,y",
      '5,"Cy,c,x',
      "6,Dee,d,x",
    ];
    writeFileSync(path, rows.join("\n"));
    expect(read(path).map(({ name, problem, others }) => [name, others["id"], problem])).toEqual([
      ["Ada", "1", undefined],
      ["Eve", "2", "the row has neither a server nor a client"],
      ["line 4", "3", "the row has no name"],
      ["Bob", "4", "the row has 5 fields for 4 columns"],
      ["Cy", "5", "a quote is never closed"],
      ["Dee", "6", undefined],
    ]);
  },
  QUICK,
);

test(
  "cwd, env, stdin, build and points say how a program is called",
  () => {
    const path = join(here, "called.csv");
    writeFileSync(
      path,
      "name,server,build,cwd,env,stdin,points\nx,./s {port},make,sub,A=1,y,p.toml\n",
    );
    expect(read(path)[0]).toEqual({
      ...{ name: "x", file: "x", line: 2, others: {}, build: "A=1 make" },
      options: { server: "A=1 ./s {port}", answer: "y" },
      directory: join(here, "sub"),
      points: join(here, "p.toml"),
    });
  },
  QUICK,
);
