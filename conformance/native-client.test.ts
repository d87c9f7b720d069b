// The native dialect's own rules for a client: only for programs that claim to speak it.

import { cases } from "./cases/native/client-transfer.ts";
import { cases as requests } from "./cases/native/client-request.ts";
import { cases as trust } from "./cases/native/client-q.ts";
import { judge } from "./runner/bun-test.ts";

await judge([...requests, ...trust, ...cases]);
