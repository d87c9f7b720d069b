// Refusals in words that a person can act on.

import { expect, test } from "bun:test";
import { toDialFailure } from "./reply-fields.ts";

test("a server that cannot dial back is quoted, and the user hears what is in the way", () => {
  const text = "Cannot connect to 192.0.2.7:42731: nobody listens there.";
  const failure = toDialFailure({ code: 425, text, fields: new Map() }, 30_020, true);
  expect(failure.kind).toBe("refused");
  expect(failure.message).toBe(
    `The server could not connect back to you: ${text} Most likely a firewall or NAT is in the way: leave out --active, or give a DATA_PORT and let the server's connections to it in.`,
  );
}, 1000);
