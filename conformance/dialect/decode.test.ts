// A template is found among bytes, however many there are.

import { expect, test } from "bun:test";
import { find } from "./decode.ts";

test("it is found where it first stands, after a beginning that leads nowhere", () => {
  const found = find("ERROR: {file} is\nnot here", "ERROR ERROR: a.txt is\r\nnot here");
  expect(found?.at).toBe(6);
  expect(found?.values["file"]).toBe("a.txt");
  expect(find("{file}", "")).toBeUndefined();
});

test("only the places are tried where it can begin", () => {
  let tried = 0;
  const values = {
    get file() {
      tried++;
      return "a.txt";
    },
  };
  const text = `${"The quick brown fox.\n".repeat(10_000)}No such file: b.txt`;
  expect(find("No such file: {file}", text, values)).toBeUndefined();
  expect(tried).toBeLessThan(10);
});
