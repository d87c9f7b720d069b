// Who gets in, how long a wrong password takes, and that a flood of logins does not delay others.

import { expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { Failure } from "../errors.ts";
import { Login } from "./login.ts";
import { Scratch } from "../testing/testing.ts";
import { HASH_COST, UserStore } from "./users.ts";

const LIMIT = 30_000;
const hash = await Bun.password.hash("secret", HASH_COST);

/** A login with one user, ada. Refusals come at once; `delays` says how long each would have been delayed. */
async function openLogin() {
  const scratch = new Scratch();
  const path = scratch.file("users", `ada:${hash}\n`);
  chmodSync(path, 0o600);
  const errors: unknown[] = [];
  const delays: number[] = [];
  const login = await Login.open(new UserStore(path), {
    onStoreError: (error) => errors.push(error),
    sleep: async (ms) => void delays.push(ms),
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
  "each refusal of an address is delayed twice as long, up to a limit; another address starts from the beginning",
  async () => {
    using at = await openLogin();
    for (let guess = 0; guess < 7; guess++) await at.login.check("ada", "x", "192.0.2.1");
    expect(at.delays).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
    await at.login.check("eve", "x", "192.0.2.2");
    expect(at.delays.at(-1)).toBe(500);
    await at.login.check("ada", "secret", "192.0.2.1");
    expect(at.delays).toHaveLength(8);
  },
  LIMIT,
);

test(
  "an unknown user costs as much time as a wrong password",
  async () => {
    using at = await openLogin();
    const times = { ada: [] as number[], eve: [] as number[] };
    for (let sample = 0; sample < 15; sample++) {
      for (const name of ["ada", "eve"] as const) {
        const started = performance.now();
        await at.login.check(name, "wrong", "192.0.2.1");
        times[name].push(performance.now() - started);
      }
    }
    const [known, unknown] = [median(times.ada), median(times.eve)];
    expect(unknown / known).toBeGreaterThan(0.6);
    expect(unknown / known).toBeLessThan(1.7);
  },
  LIMIT,
);

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

test(
  "a client that comes after a hundred guesses is served before most of them",
  async () => {
    using at = await openLogin();
    let answered = 0;
    // The first ones are refused with 421: only so many may wait.
    const guesses = Array.from({ length: 100 }, (_, index) =>
      at.login.check(`guess${index}`, "x", "192.0.2.1").then(
        () => answered++,
        (error) => expect(error).toMatchObject({ code: 421 }),
      ),
    );
    expect(await at.login.check("ada", "secret", "192.0.2.1")).toBe(true);
    expect(answered).toBeLessThan(10);
    void Promise.allSettled(guesses);
  },
  LIMIT,
);

test(
  "a second address gets its turn among the guesses of the first",
  async () => {
    using at = await openLogin();
    let answered = 0;
    for (let index = 0; index < 50; index++) {
      void at.login.check("ada", "x", "192.0.2.1").then(() => answered++);
    }
    const other = at.login.check("ada", "secret", "192.0.2.2");
    for (let index = 0; index < 10; index++) void at.login.check("ada", "x", "192.0.2.1");
    expect(await other).toBe(true);
    expect(answered).toBeLessThan(5);
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
