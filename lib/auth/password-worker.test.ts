// A password is compared in a thread, and a thread that dies keeps nobody waiting.

import { expect, test } from "bun:test";
import { catchFailure, Scratch } from "../testing/testing.ts";
import { PasswordWorker } from "./password-worker.ts";

const HERE = "192.0.2.7";
/** As cheap as argon2id gets: how dear it is, is not tried here. */
const hash = await Bun.password.hash("right", {
  algorithm: "argon2id",
  memoryCost: 8,
  timeCost: 1,
});

test("the right password matches, another one does not, and a broken hash matches none", async () => {
  using verifier = new PasswordWorker();
  expect(await verifier.verify({ password: "right", hash }, HERE)).toBe(true);
  expect(await verifier.verify({ password: "wrong", hash }, HERE)).toBe(false);
  expect(await verifier.verify({ password: "right", hash: "none" }, HERE)).toBe(false);
}, 10_000);

test.each([
  ["throws", "throw new Error('out of memory')"],
  ["ends", "process.exit(1)"],
  ["is not to be had", undefined],
])(
  "a thread that %s costs one login, and the next one has a thread again",
  async (_how, act) => {
    using scratch = new Scratch();
    const good = "self.onmessage = () => self.postMessage(true);";
    const bad = act && `self.onmessage = () => { ${act}; };`;
    const path = bad ? scratch.file("thread.js", bad) : scratch.at("thread.js");
    using verifier = new PasswordWorker(Bun.pathToFileURL(path));
    const both = [1, 2].map((n) => catchFailure(verifier.verify({ password: `${n}`, hash }, HERE)));
    for (const failure of await Promise.all(both)) {
      expect([failure.code, failure.message]).toEqual([
        421,
        "The login could not be checked: try again later.",
      ]);
    }
    scratch.file("thread.js", good);
    expect(await verifier.verify({ password: "right", hash }, HERE)).toBe(true);
  },
  10_000,
);
