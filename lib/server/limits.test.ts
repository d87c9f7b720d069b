// With the default limits the descriptors never run out, and one host never takes all slots.

import { describe, expect, test } from "bun:test";
import {
  maxWaitingClients,
  maxServedClients,
  defaultLimits,
  RESERVED_DESCRIPTORS,
} from "./limits.ts";

const DESCRIPTORS = [1, 32, 35, 64, 256, 1024, 4096, 20_000, 1_048_576];

describe("limits", () => {
  test("three descriptors for each client and the reserved ones never exceed the limit of the process", () => {
    for (const descriptors of DESCRIPTORS.filter((count) => count >= RESERVED_DESCRIPTORS + 3)) {
      const used = defaultLimits(descriptors).clients * 3 + RESERVED_DESCRIPTORS;
      expect(used).toBeLessThanOrEqual(descriptors);
    }
  }, 1000);

  test("the descriptors of waiting and of served clients never exceed the limit, and some clients are always served", () => {
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

  test("one address never gets all slots if there are several", () => {
    for (const descriptors of DESCRIPTORS) {
      const { clients, clientsPerAddress } = defaultLimits(descriptors);
      expect(clientsPerAddress).toBeGreaterThanOrEqual(1);
      if (clients >= 4) expect(clientsPerAddress).toBeLessThan(clients);
    }
  }, 1000);

  test("the number of clients can be chosen", () => {
    expect(defaultLimits(1024, 8)).toMatchObject({ clients: 8, clientsPerAddress: 6 });
  }, 1000);

  test("the number of clients has a maximum, however many descriptors there are", () => {
    expect(defaultLimits(100_000_000).clients).toBe(2000);
  }, 1000);

  test("every wait has a limit", () => {
    const { command, dial, stall, rateWindow, linger } = defaultLimits(1024);
    for (const ms of [command, dial, stall, rateWindow, linger]) {
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(120_000);
    }
  }, 1000);
});
