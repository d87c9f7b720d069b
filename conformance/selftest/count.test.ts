// The README says how many programs the suite is tried on, and how many rules they prove; this keeps it true.

import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { CASES } from "../cases/all-cases.ts";
import { WAIVERS } from "../spec/waivers.ts";
import { REQUIREMENTS } from "../spec/requirements.ts";

const QUICK = 5_000;

const programs = (folder: string): number =>
  readdirSync(`${import.meta.dir}/${folder}`).filter((name) => name.endsWith(".ts")).length;

test(
  "the count of the kill matrix in the README is right",
  async () => {
    const musts = REQUIREMENTS.filter(({ id, level }) => level === "MUST" && !(id in WAIVERS));
    const text = await Bun.file(`${import.meta.dir}/../../README.md`).text();
    const sentence = `${CASES.length} cases of ${musts.length} MUST rules and others are tried on ${programs("mutants")} faulty programs and ${programs("variants")} odd but legal ones`;
    const said = /\d+ cases of .*? odd but legal ones/.exec(text.replace(/\s+/g, " "))?.[0];
    expect(said).toBe(sentence);
  },
  QUICK,
);
