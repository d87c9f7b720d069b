// What the variables of `bun test conformance` mean, as the README says.

import { expect, test } from "bun:test";
import { makeTimeouts } from "../spec/timeouts.ts";
import { configFromEnvironment } from "./config.ts";

const QUICK = 5_000; // nothing here waits
const SERVER = { FT_SERVER: "true {port}" };

test(
  "without a program our own ones are judged by all rules, and a SHOULD decides",
  async () => {
    const { server, client, native, strict, timeouts } = await configFromEnvironment({});
    expect([server, client]).toEqual([expect.stringContaining("ftserver"), expect.any(String)]);
    expect([native, strict, timeouts.scale]).toEqual([true, true, 1]);
  },
  QUICK,
);

test(
  "of a program of somebody else the S rules are judged, a SHOULD informs, and limits are three times as long",
  async () => {
    const { server, client, native, strict, timeouts, dialects, generation } =
      await configFromEnvironment(SERVER);
    expect([server, client]).toEqual([SERVER.FT_SERVER, undefined]);
    expect([native, strict, timeouts.scale, generation]).toEqual([
      false,
      false,
      3,
      { seed: 1, minutes: 0 },
    ]);
    expect([dialects.server.name, dialects.client.name]).toEqual(["plain", "native"]);
  },
  QUICK,
);

test(
  "each variable has its effect, and the old name of the timeout scale too",
  async () => {
    const env = { ...SERVER, FT_DIALECT: "native", FT_STRICT: "1", FT_SEED: "7", FT_JOBS: "2" };
    expect(await configFromEnvironment({ ...env, FT_PATIENCE: "5", FT_ONLY: "S7" })).toMatchObject({
      ...{ native: true, strict: true, jobs: 2, only: "S7", answer: "n\nn\nn\n" },
      generation: { seed: 7, minutes: 0 },
      timeouts: { scale: 5 },
    });
    const scaled = await configFromEnvironment({ ...env, FT_TIMEOUT_SCALE: "2", FT_PATIENCE: "5" });
    expect(scaled.timeouts.scale).toBe(2);
  },
  QUICK,
);

test(
  "the scale stretches every limit, and the limits of a stranger's program have 65 s at least",
  () => {
    const [once, ten] = [makeTimeouts(1), makeTimeouts(10)];
    for (const name of Object.keys(once) as (keyof typeof once)[])
      expect([name, ten[name]]).toEqual([name, once[name] * 10]);
    expect(makeTimeouts(1, true)).toMatchObject({ server: 65_000, giveUp: 65_000 });
  },
  QUICK,
);
