// Port numbers are read strictly, and a refusal says why.

import { describe, expect, test } from "bun:test";
import { HIGHEST_PORT, LOWEST_DATA_PORT, parsePort } from "./port.ts";

const NO_NUMBERS = [
  ...["", " ", "80 ", " 80", "8 0", "+80", "-1", "-80", "80.0", "80.", ".80", "1e3", "3E4"],
  ...["0x50", "0b11", "0o7", "080", "00080", "1_000", "1,000", "eighty", "NaN", "Infinity"],
  ...[
    "80\n",
    "\n80",
    "80\0",
    "٣٠٠٢١",
    "８０",
    "9".repeat(80),
    "65536",
    "99999",
    "100000",
    "00",
    "0",
  ],
];

describe("parsePort", () => {
  test("decimal numbers from the lowest to 65535 are ports", () => {
    for (const port of [1, 9, 10, 80, 1023, 1024, 9999, 10_000, 30_021, 65_534, HIGHEST_PORT]) {
      expect(parsePort(String(port), 1)).toEqual({ port });
    }
  }, 1000);

  test.each(NO_NUMBERS)(
    "%j is not a port",
    (text) => {
      expect(parsePort(text, 1)).toHaveProperty("why");
    },
    1000,
  );

  test("a data port below 1024 is refused, and 1024 is accepted", () => {
    for (const text of ["1", "21", "80", "1023"]) {
      expect(parsePort(text, LOWEST_DATA_PORT)).toHaveProperty("why");
    }
    expect(parsePort("1024", LOWEST_DATA_PORT)).toEqual({ port: 1024 });
  }, 1000);

  test("the reason says what is accepted and what was given", () => {
    expect(parsePort("1e3", 1024)).toEqual({
      why: 'takes a decimal number from 1024 to 65535, not "1e3"',
    });
  }, 1000);

  test("the reason quotes no control character, and only a part of a long text", () => {
    const result = parsePort(`\u001b[31m\n${"9".repeat(5000)}`, 1);
    const why = "why" in result ? result.why : "";
    expect(why).not.toMatch(/[\u0000-\u001f]/);
    expect(why.length).toBeLessThan(200);
  }, 1000);
});
