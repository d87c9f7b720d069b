// Who gets in, how long a wrong password takes, and that a flood of logins does not delay others.

import { expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { Failure } from "../errors.ts";
import { Login, type LoginHooks } from "./login.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";
import { HASH_COST, UserStore } from "./users.ts";

const LIMIT = 30_000;
/** So often an unknown user and a wrong password are compared. */
const PAIRS = 8;

const hash = await Bun.password.hash("secret", HASH_COST);

/** A login with one user, ada. Refusals come at once; `delays` says how long each would have been delayed. */
async function openLogin(more: Partial<LoginHooks> = {}) {
  const scratch = new Scratch();
  const path = scratch.file("users", `ada:${hash}\n`);
  chmodSync(path, 0o600);
  const errors: unknown[] = [];
  const delays: number[] = [];
  const login = await Login.open(new UserStore(path), {
    onStoreError: (error) => errors.push(error),
    sleep: async (ms) => void delays.push(ms),
    ...more,
  });
  return { login, path, errors, delays, [Symbol.dispose]: () => scratch[Symbol.dispose]() };
}

test(
  "the right password gets in, a wrong one and an unknown user do not",
  async () => {
    using at = await openLogin();
    expect(await at.login.check("ada", "secret", "192.0.2.1")).toBe(true);
    expect(await at.login.check("ada", "Secret", "192.0.2.1")).toBe(false);
    expect(await at.login.check("eve", "secret", "192.0.2.2")).toBe(false);
    expect(await at.login.check("ada", "x".repeat(2000), "192.0.2.3")).toBe(false);
  },
  LIMIT,
);

test(
  "each refusal of a source is delayed twice as long, and the fourth blocks it; another source starts from the beginning",
  async () => {
    using at = await openLogin();
    for (let guess = 0; guess < 4; guess++) await at.login.check("ada", "x", "192.0.2.1");
    expect(at.delays).toEqual([500, 1000, 2000, 4000]);
    const blocked = await catchFailure(at.login.check("ada", "secret", "192.0.2.1"));
    expect(blocked).toMatchObject({ kind: "refused", code: 421 });
    expect(blocked.message).toMatch(/^Too many wrong passwords .* try again in [1-4] s\.$/);
    expect(at.login.findBlock("::ffff:192.0.2.1")).toMatchObject({ code: 421 });
    expect(at.login.findBlock("192.0.2.2")).toBeUndefined();
    await at.login.check("eve", "x", "192.0.2.2");
    expect(at.delays.at(-1)).toBe(500);
  },
  LIMIT,
);

test(
  "sixty guesses at once, each from another address of one /64, are no more than four",
  async () => {
    using at = await openLogin();
    const guesses = Array.from({ length: 60 }, (_, index) =>
      at.login.check("ada", `guess${index}`, `2001:db8::${index + 1}`),
    );
    const results = await Promise.allSettled(guesses);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
    expect(at.delays).toHaveLength(4);
  },
  LIMIT,
);

test(
  "an unknown user costs as much time as a wrong password",
  async () => {
    using at = await openLogin();
    const measure = async (name: string, address: string) => {
      const started = performance.now();
      await at.login.check(name, "wrong", address);
      return performance.now() - started;
    };
    const ratios: number[] = [];
    for (let pair = 1; pair <= PAIRS; pair++) {
      const known = await measure("ada", `192.0.2.${pair}`);
      ratios.push((await measure("eve", `198.51.100.${pair}`)) / known);
    }
    // On a busy machine any of them may be late, but not the same one in every pair.
    expect(Math.max(...ratios)).toBeGreaterThan(0.5);
    expect(Math.min(...ratios)).toBeLessThan(2);
  },
  LIMIT,
);

test(
  "a good user is served before most of thirty sources that guess, also again and again",
  async () => {
    using at = await openLogin();
    let answered = 0;
    const guesses = Array.from({ length: 30 }, (_, index) =>
      at.login.check("ada", "x", `192.0.2.${index + 1}`).then(() => answered++),
    );
    for (let login = 0; login < 3; login++)
      expect(await at.login.check("ada", "secret", "198.51.100.1")).toBe(true);
    expect(answered).toBeLessThan(10);
    await Promise.all(guesses);
  },
  LIMIT,
);

test(
  "a source that has logged in goes before strangers, also before those that come later",
  async () => {
    using at = await openLogin();
    expect(await at.login.check("ada", "secret", "198.51.100.1")).toBe(true);
    let answered = 0;
    const guess = (index: number) =>
      at.login.check("ada", "x", `192.0.2.${index}`).then(() => answered++);
    const before = [1, 2, 3, 4, 5].map(guess);
    const good = at.login.check("ada", "secret", "198.51.100.1");
    const after = [6, 7, 8, 9, 10].map(guess);
    expect(await good).toBe(true);
    expect(answered).toBeLessThan(3);
    await Promise.all([...before, ...after]);
  },
  LIMIT,
);

test(
  "sixty right passwords at once from one source all get in",
  async () => {
    using at = await openLogin();
    const logins = Array.from({ length: 60 }, () => at.login.check("ada", "secret", "192.0.2.1"));
    expect(new Set(await Promise.all(logins))).toEqual(new Set([true]));
  },
  LIMIT,
);

test(
  "a login that is only for this host has a fault for others, and it is told before the password comes",
  async () => {
    using at = await openLogin({ isLocalOnly: true });
    const end = (address: string) => ({ address, port: 1 });
    const fault = (local: string, remote: string) =>
      at.login.findClearFault(end(local), end(remote))?.code;
    expect([fault("127.0.0.1", "127.0.0.1"), fault("192.0.2.1", "192.0.2.1")]).toEqual([
      undefined,
      undefined,
    ]);
    expect(fault("192.0.2.1", "192.0.2.2")).toBe(530);
    using open = await openLogin();
    expect(open.login.findClearFault(end("192.0.2.1"), end("192.0.2.2"))).toBeUndefined();
  },
  LIMIT,
);

test(
  "if the user file is unusable nobody can log in, and only the operator learns why",
  async () => {
    using at = await openLogin();
    chmodSync(at.path, 0o644);
    const refused = await at.login.check("ada", "secret", "192.0.2.1").catch((error) => error);
    expect(refused).toBeInstanceOf(Failure);
    expect(refused.message).not.toContain(at.path);
    expect(String(at.errors[0])).toContain(at.path);
  },
  LIMIT,
);
