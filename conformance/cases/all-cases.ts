// The one registry: every case there is.

import type { TestCase } from "../harness/test-case.ts";
import { cases as robustness } from "./beyond/robustness.ts";
import { cases as beyondClient } from "./beyond/client.ts";
import { cases as beyondServer } from "./beyond/server.ts";
import { cases as generatedClient } from "./generated-client.ts";
import { cases as generatedServer } from "./generated-server.ts";
import { cases as client } from "./step7-client.ts";
import { cases as loginClient } from "./login/client.ts";
import { cases as loginServer } from "./login/server.ts";
import { cases as nativeClient } from "./native/client-transfer.ts";
import { cases as nativeClientRequest } from "./native/client-request.ts";
import { cases as nativeClientTrust } from "./native/client-q.ts";
import { cases as nativeEnd } from "./native/shutdown.ts";
import { cases as nativeFacts } from "./native/facts.ts";
import { cases as nativeNames } from "./native/names.ts";
import { cases as passiveClient } from "./native/passive-client.ts";
import { cases as passiveServer } from "./native/passive-server.ts";
import { cases as nativeReply } from "./native/reply.ts";
import { cases as nativeRequest } from "./native/request.ts";
import { cases as step1 } from "./step1.ts";
import { cases as step2 } from "./step2.ts";
import { cases as step3 } from "./step3.ts";
import { cases as step4 } from "./step4.ts";
import { cases as step5 } from "./step5.ts";
import { cases as step6 } from "./step6.ts";
import { cases as commands } from "./step7-command.ts";
import { cases as contents } from "./step7-contents.ts";
import { cases as errors } from "./step7-error.ts";
import { cases as step8 } from "./step8.ts";
import { cases as step9 } from "./step9.ts";
import { cases as end } from "./step9-sigint.ts";
import { cases as tlsClient } from "./tls/client.ts";
import { cases as tlsClientQ } from "./tls/client-q.ts";
import { cases as tlsServer } from "./tls/server.ts";
import { cases as tlsServerQ } from "./tls/server-q.ts";

const steps = [step1, step2, step3, step4, step5, step6, commands, contents, errors, client];
const nativeServer = [nativeRequest, nativeFacts, nativeReply, nativeNames, nativeEnd];
const native = [...nativeServer, nativeClientRequest, nativeClientTrust, nativeClient];
const passive = [passiveServer, passiveClient];
const optional = [loginServer, loginClient, tlsServer, tlsServerQ, tlsClient, tlsClientQ];

/** The cases of the rules. */
export const CASES: readonly TestCase[] = [
  ...steps,
  step8,
  step9,
  end,
  ...native,
  ...passive,
  ...optional,
  generatedServer,
  generatedClient,
].flat();

/** What the assignment does not ask for: these cases inform and never decide. */
export const PROBES: readonly TestCase[] = [...beyondServer, ...robustness, ...beyondClient];
