// The three protocols by which the load fetches a file: our own, FTP and HTTP.

/** Answers a reply line with the next request, or with "" to wait for another line; undefined after the last. Throws if the server refuses. */
export type WireScript = (line: string) => string | undefined;

export interface WireProtocol {
  readonly name: string;
  readonly port: number;
  /** What the client sends first. */
  formatFirst(dataPort: number): string;
  /** Undefined for a protocol without replies, where the file comes on P itself. */
  createScript(dataPort: number): WireScript | undefined;
}

/** Our own protocol: one line, and `150` and `226` in reply (conformance/spec/PROTOCOL.md). */
export function createNative(name: string, port: number, file: string): WireProtocol {
  const createScript = () => answerWith({ "150": () => "", "226": () => undefined });
  return { name, port, formatFirst: (dataPort) => `-g ${file} ${dataPort}\n`, createScript };
}

/** FTP with an active data connection (RFC 959): USER, PASS, TYPE, PORT and RETR, each after the reply to the one before. */
export function createFtp(name: string, port: number, file: string): WireProtocol {
  return { name, port, formatFirst: () => "", createScript };

  function createScript(dataPort: number): WireScript {
    const after200 = [`PORT 127,0,0,1,${dataPort >> 8},${dataPort & 255}\r\n`, `RETR ${file}\r\n`];
    return answerWith({
      "220": () => "USER anonymous\r\n",
      "331": () => "PASS ftbench\r\n",
      "230": () => "TYPE I\r\n",
      "200": () => after200.shift() ?? "",
      "150": () => "",
      "125": () => "",
      "226": () => undefined,
    });
  }
}

/** HTTP with one connection for each request: the server ends the file by closing. */
export function createHttp(name: string, port: number, file: string): WireProtocol {
  const request = `GET /${file} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n`;
  return { name, port, formatFirst: () => request, createScript: () => undefined };
}

function answerWith(answers: Readonly<Record<string, () => string | undefined>>): WireScript {
  return (line) => {
    if (!/^[0-9]{3} /.test(line)) return ""; // a greeting of several lines ends with a line of this form
    const answer = answers[line.slice(0, 3)];
    if (answer) return answer();
    throw new Error(`it said: ${line.trim()}`);
  };
}
