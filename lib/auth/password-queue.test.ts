// A password is compared with a hash, and a flood of logins is bounded.

import { expect, test } from "bun:test";
import { catchFailure } from "../testing/testing.ts";
import { PasswordQueue } from "./password-queue.ts";

const HERE = "192.0.2.7";
/** As cheap as argon2id can be: these tests are not about its cost. */
const hash = await Bun.password.hash("right", {
  algorithm: "argon2id",
  memoryCost: 8,
  timeCost: 1,
});

test("the right password matches, a wrong one does not, and nothing matches a damaged hash", async () => {
  const queue = new PasswordQueue();
  expect(await queue.verify("right", hash, HERE)).toBe(true);
  expect(await queue.verify("wrong", hash, HERE)).toBe(false);
  expect(await queue.verify("right", "none", HERE)).toBe(false);
}, 10_000);

test("if too many wait from one address, the oldest of them is refused with 421", async () => {
  const queue = new PasswordQueue();
  const checks = Array.from({ length: 66 }, () => queue.verify("right", hash, HERE));
  expect(await catchFailure(checks[1] as Promise<boolean>)).toMatchObject({
    code: 421,
    message: "Too many logins at once: try again later.",
  });
  const [first, , ...others] = checks;
  expect(new Set(await Promise.all([first, ...others]))).toEqual(new Set([true]));
}, 10_000);
