// The three ways in which the load asks for a file: our own, FTP's, and HTTP's.

import type { WireProtocol, WireScript } from "./fetch.ts";

/** Our own: one line there, `150` and `226` back (conformance/PROTOCOL.md). */
export function native(name: string, port: number, file: string): WireProtocol {
  const script = () => answers({ "150": () => "", "226": () => undefined });
  return { name, port, first: (dataPort) => `-g ${file} ${dataPort}\n`, script };
}

/** FTP with an active data connection (RFC 959): USER, PASS, TYPE, PORT and RETR, each awaited. */
export function ftp(name: string, port: number, file: string): WireProtocol {
  return { name, port, first: () => "", script };

  function script(dataPort: number): WireScript {
    const after200 = [`PORT 127,0,0,1,${dataPort >> 8},${dataPort & 255}\r\n`, `RETR ${file}\r\n`];
    return answers({
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
export function http(name: string, port: number, file: string): WireProtocol {
  const request = `GET /${file} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n`;
  return { name, port, first: () => request, script: () => undefined };
}

function answers(table: Readonly<Record<string, () => string | undefined>>): WireScript {
  return (line) => {
    if (!/^[0-9]{3} /.test(line)) return ""; // a greeting of several lines ends with one of this form
    const answer = table[line.slice(0, 3)];
    if (answer) return answer();
    throw new Error(`it said: ${line.trim()}`);
  };
}
