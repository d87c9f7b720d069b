// PROTOCOL.md, the hints and the cases agree: every rule has a case or a waiver, and every part of the assignment has rules.

import { describe, expect, test } from "bun:test";
import { CASES } from "../cases/all-cases.ts";
import { WAIVERS } from "../spec/waivers.ts";
import hints from "../spec/hints.toml";
import { PROTOCOL, requirement, REQUIREMENTS, stepOf } from "../spec/requirements.ts";

const QUICK = 5_000; // these read tables and nothing else
const ids = REQUIREMENTS.map(({ id }) => id);

/** What each step of the assignment demands, in our words, and the rules that cover it. */
const PARTS: Record<string, string[]> = {
  "1 the server starts with a port": ["S2.1", "S1.1"],
  "1 it validates the port": ["S1.2", "S1.3", "S1.4"],
  "2 it waits on the port for a client": ["S2.1"],
  "3 the client starts with host, port, command, file name and data port": ["S3.1", "S6.1"],
  "3 it validates host and port": ["S3.2", "S4.3"],
  "3 it validates the command": ["S3.5"],
  "3 it validates the file name": ["S3.4"],
  "3 it validates the data port": ["S3.3"],
  "4 the client opens P": ["S4.1"],
  "4 the server takes P": ["S4.2"],
  "5 the server waits for a command": ["S5.1", "S5.2"],
  "6 the client sends -l or -g on P": ["S6.1"],
  "7 an invalid command gets an error on P": ["S7.1", "S7.3"],
  "7 the client shows that error": ["S7.4"],
  "7 otherwise the server opens Q to the data port": ["S7.5", "S7.2"],
  "7 -l: the directory comes on Q": ["S7.8"],
  "7 -l: the client shows it": ["S7.9"],
  "7 -g: the name is validated": ["S7.19", "S7.21", "S7.22"],
  "7 -g: the contents come on Q": ["S7.10", "S7.12"],
  "7 -g: the client saves them": ["S7.15"],
  "7 -g: a duplicate name is handled": ["S7.16"],
  "7 -g: the client says that the transfer is complete": ["S7.17"],
  "7 -g: or an error comes on P": ["S7.19", "S7.20"],
  "7 -g: the client shows that error as well": ["S7.4"],
  "7 the server closes Q": ["S7.6"],
  "8 the client closes P": ["S8.1", "S8.5"],
  "8 the client ends": ["S8.1", "S8.2", "S8.3"],
  "9 the server goes on with the next client": ["S9.1", "S9.2", "S9.3"],
  "9 until SIGINT": ["S9.5", "S9.7"],
};

describe("the table", () => {
  test(
    "every list item of PROTOCOL.md with a bold beginning is parsed as a rule",
    () => {
      const items = PROTOCOL.match(/^- \*\*/gm) ?? [];
      expect(ids.length).toBe(items.length);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeGreaterThan(90);
    },
    QUICK,
  );

  test(
    "each rule is under the heading of its step",
    () => {
      const sections = PROTOCOL.split(/^## /m).map((section) => ({
        step: Number(/^Step (\d)/.exec(section)?.[1]),
        ids: [...section.matchAll(/^- \*\*(\w\d\.\d+)\*\*/gm)].map(([, id = ""]) => id),
      }));
      const strays = sections.flatMap(({ step, ids }) => ids.filter((id) => stepOf(id) !== step));
      expect(strays).toEqual([]);
    },
    QUICK,
  );

  test(
    "there is a hint for each rule, and no other",
    () => expect(Object.keys(hints).sort()).toEqual([...ids].sort()),
    QUICK,
  );
});

describe("the cases", () => {
  for (const { id, role, level } of REQUIREMENTS) {
    const roles = role === "both" ? ["server", "client"] : [role];
    test(
      `${id} ${level} has a case or a waiver`,
      () => {
        const isTested = roles.every((one) =>
          CASES.some((each) => each.id === id && each.role === one),
        );
        expect(isTested !== id in WAIVERS).toBe(true);
      },
      QUICK,
    );
  }

  test(
    "no two cases have the same name",
    () => {
      const names = CASES.map(({ id, role, title }) => `${id} ${role} ${title}`);
      expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    },
    QUICK,
  );

  test(
    "each case tests a program that its rule binds",
    () => {
      const wrong = CASES.filter(({ id, role }) => ![role, "both"].includes(requirement(id).role));
      expect(wrong.map(({ id }) => id)).toEqual([]);
    },
    QUICK,
  );
});

describe("the assignment", () => {
  for (const [part, covering] of Object.entries(PARTS)) {
    test(
      part,
      () => {
        const covered = covering.filter((id) => CASES.some((one) => one.id === id));
        expect(covered).toEqual(covering);
      },
      QUICK,
    );
  }

  test(
    "each of the nine steps has a part in this table",
    () => expect([...new Set(Object.keys(PARTS).map((part) => Number(part[0])))].length).toBe(9),
    QUICK,
  );
});
