// The native dialect's own rules for a server: only for programs that claim to speak it.

import { cases as ends } from "./cases/native/shutdown.ts";
import { cases as names } from "./cases/native/names.ts";
import { cases as replies } from "./cases/native/reply.ts";
import { cases as requests } from "./cases/native/request.ts";
import { judge } from "./runner/bun-test.ts";

await judge([...requests, ...replies, ...names, ...ends]);
