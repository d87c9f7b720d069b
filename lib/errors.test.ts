// A failure has a sentence, an exit status and a reply code.

import { describe as group, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  formatError,
  EXIT,
  Failure,
  type FailureKind,
  replyFailure,
  systemCode,
} from "./errors.ts";
import { catchFailure } from "./testing/testing.ts";

group("errors", () => {
  test("the exit statuses are those of the README, and all differ", () => {
    expect(EXIT).toEqual({
      ok: 0,
      other: 1,
      usage: 2,
      connect: 3,
      timeout: 4,
      login: 5,
      refused: 6,
      local: 7,
      incomplete: 8,
      protocol: 9,
    });
    expect(new Set(Object.values(EXIT)).size).toBe(Object.keys(EXIT).length);
  }, 1000);

  test("the kind of a failure decides the exit status", () => {
    for (const [kind, status] of Object.entries(EXIT)) {
      if (kind !== "ok") expect(new Failure(kind as FailureKind, "x").exit).toBe(status);
    }
  }, 1000);

  test("a failure is an error with a sentence, and with a code only if it was given one", () => {
    const failure = new Failure("timeout", "Nothing came.", 421);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ name: "Failure", message: "Nothing came.", code: 421 });
    expect(new Failure("local", "x").code).toBeUndefined();
  }, 1000);

  test("a reply failure is a refusal with its code", () => {
    expect(replyFailure(550, "File not found.")).toMatchObject({ kind: "refused", code: 550 });
  }, 1000);

  test("the code of a system error is found, and other errors have none", async () => {
    expect(systemCode(await catchFailure(() => readFileSync("/no/such/file")))).toBe("ENOENT");
    for (const other of [new Error("x"), replyFailure(550, "x"), "ENOENT", undefined, null]) {
      expect(systemCode(other)).toBe("");
    }
  }, 1000);

  test("everything that is thrown has a message", () => {
    expect(formatError(new Error("broken"))).toBe("broken");
    expect(formatError("broken")).toBe("broken");
    expect(formatError(undefined)).toBe("undefined");
  }, 1000);
});
