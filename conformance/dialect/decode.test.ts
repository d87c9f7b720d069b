// Tests that a template is found among bytes, however many there are.

import { expect, test } from "bun:test";
import { findTemplate } from "./decode.ts";
import { Template } from "./template.ts";

test("the first match is found, after a beginning that does not match", () => {
  const template = new Template("ERROR: {file} is\nnot here");
  const match = findTemplate(template, "ERROR ERROR: a.txt is\r\nnot here");
  expect(match?.start).toBe(6);
  expect(match?.values["file"]).toBe("a.txt");
  expect(findTemplate(new Template("{file}"), "")).toBeUndefined();
});

test("only places at which the template can begin are tried", () => {
  let tried = 0;
  const values = {
    get file() {
      tried++;
      return "a.txt";
    },
  };
  const text = `${"The quick brown fox.\n".repeat(10_000)}No such file: b.txt`;
  expect(findTemplate(new Template("No such file: {file}"), text, values)).toBeUndefined();
  expect(tried).toBeLessThan(10);
});
