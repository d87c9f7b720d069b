// Every case there is.

import type { Case } from "./case.ts";
import { cases as client } from "./cases/client.ts";
import { cases as loginClient } from "./cases/login-client.ts";
import { cases as loginServer } from "./cases/login-server.ts";
import { cases as nativeClient } from "./cases/native-client.ts";
import { cases as nativeClientRequest } from "./cases/native-client-request.ts";
import { cases as nativeClientTrust } from "./cases/native-client-trust.ts";
import { cases as nativeEnd } from "./cases/native-end.ts";
import { cases as nativeNames } from "./cases/native-names.ts";
import { cases as nativeReply } from "./cases/native-reply.ts";
import { cases as nativeRequest } from "./cases/native-request.ts";
import { cases as step1 } from "./cases/step1.ts";
import { cases as step2 } from "./cases/step2.ts";
import { cases as step3 } from "./cases/step3.ts";
import { cases as step4 } from "./cases/step4.ts";
import { cases as step5 } from "./cases/step5.ts";
import { cases as step6 } from "./cases/step6.ts";
import { cases as commands } from "./cases/step7-command.ts";
import { cases as contents } from "./cases/step7-contents.ts";
import { cases as errors } from "./cases/step7-error.ts";
import { cases as step8 } from "./cases/step8.ts";
import { cases as step9 } from "./cases/step9.ts";
import { cases as end } from "./cases/step9-end.ts";
import { cases as tlsClient } from "./cases/tls-client.ts";
import { cases as tlsClientQ } from "./cases/tls-client-q.ts";
import { cases as tlsServer } from "./cases/tls-server.ts";
import { cases as tlsServerQ } from "./cases/tls-server-q.ts";

const steps = [step1, step2, step3, step4, step5, step6, commands, contents, errors, client];
const nativeServer = [nativeRequest, nativeReply, nativeNames, nativeEnd];
const native = [...nativeServer, nativeClientRequest, nativeClientTrust, nativeClient];
const optional = [loginServer, loginClient, tlsServer, tlsServerQ, tlsClient, tlsClientQ];

export const CASES: readonly Case[] = [...steps, step8, step9, end, ...native, ...optional].flat();
