// The default limits never let the descriptors run out, and never let one host take every place.

import { describe, expect, test } from "bun:test";
import {
  maxWaitingClients,
  maxServedClients,
  defaultLimits,
  RESERVED_DESCRIPTORS,
} from "./limits.ts";

const DESCRIPTORS = [1, 32, 35, 64, 256, 1024, 4096, 20_000, 1_048_576];

describe("limits", () => {
  test("three descriptors for each client and the reserved ones never exceed what there is", () => {
    for (const descriptors of DESCRIPTORS.filter((count) => count >= RESERVED_DESCRIPTORS + 3)) {
      const used = defaultLimits(descriptors).clients * 3 + RESERVED_DESCRIPTORS;
      expect(used).toBeLessThanOrEqual(descriptors);
    }
  }, 1000);

  test("clients that wait and those that are served never exceed what there is, and some are always served", () => {
    for (const descriptors of DESCRIPTORS.filter((count) => count >= 1024)) {
      for (const clients of [maxServedClients(descriptors), maxWaitingClients(descriptors)]) {
        const { transfers } = defaultLimits(descriptors, clients);
        expect(clients + transfers * 2 + RESERVED_DESCRIPTORS).toBeLessThanOrEqual(descriptors);
        expect(transfers).toBeGreaterThanOrEqual(64);
      }
    }
    expect(defaultLimits(20_000).transfers).toBe(2000);
    expect(maxWaitingClients(64)).toBe(maxServedClients(64));
  }, 1000);

  test("a server with few descriptors still serves one client", () => {
    for (const descriptors of [0, 1, 32, 34]) {
      expect(maxServedClients(descriptors)).toBe(1);
      expect(defaultLimits(descriptors)).toMatchObject({ clients: 1, clientsPerAddress: 1 });
    }
  }, 1000);

  test("one address never gets every place, where there are a few", () => {
    for (const descriptors of DESCRIPTORS) {
      const { clients, clientsPerAddress } = defaultLimits(descriptors);
      expect(clientsPerAddress).toBeGreaterThanOrEqual(1);
      if (clients >= 4) expect(clientsPerAddress).toBeLessThan(clients);
    }
  }, 1000);

  test("the number of clients that was asked for is the number there is", () => {
    expect(defaultLimits(1024, 8)).toMatchObject({ clients: 8, clientsPerAddress: 6 });
  }, 1000);

  test("however many descriptors there are, there is an end to the clients", () => {
    expect(defaultLimits(100_000_000).clients).toBe(2000);
  }, 1000);

  test("every wait has a bound", () => {
    const { command, dial, stall, linger } = defaultLimits(1024);
    for (const ms of [command, dial, stall, linger]) {
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(120_000);
    }
  }, 1000);
});
