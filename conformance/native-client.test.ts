// The native dialect's own rules for a client: only for programs that claim to speak it.

import { cases } from "./cases/native-client.ts";
import { judge } from "./judge.ts";

await judge(cases);
