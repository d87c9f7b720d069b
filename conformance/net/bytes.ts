// Shows bytes to people, and describes how two contents differ.

const ESCAPES: Record<number, string> = { 9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\" };

function escape(byte: number): string {
  const name = ESCAPES[byte];
  if (name !== undefined) return name;
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** Equal bytes in a row that are counted and not shown: padding would hide what stands beside it. */
const RUN = 12;

/** The bytes between quotes, unprintable ones escaped, runs of one byte counted, shortened to a maximum; `total` counts those that are not given as well. */
export function show(bytes: Uint8Array | string, maximum = 200, total?: number): string {
  const all = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  const length = total ?? all.length;
  let [head, shown, at] = ["", 0, 0];
  while (at < all.length && shown < maximum) {
    const same = countEqual(all, at);
    const byte = escape(all[at] ?? 0);
    head += same >= RUN ? `[${byte} × ${same}]` : byte;
    at += same >= RUN ? same : 1;
    shown += same >= RUN ? RUN : 1;
  }
  return `"${head}"${at < length ? ` and ${length - at} bytes more` : ""}`;
}

function countEqual(all: Uint8Array, from: number): number {
  let end = from + 1;
  while (end < all.length && all[end] === all[from]) end++;
  return end - from;
}

/** What a program printed, between quotes: letters of any script as they are if it is UTF-8, or else its bytes. */
export function showText(bytes: Uint8Array, maximum: number): string {
  const text = Buffer.from(bytes).toString();
  const isText = !text.includes("\uFFFD") && /[^\u0000-\u007f]/.test(text);
  if (!isText) return show(bytes.subarray(-maximum), maximum);
  const last = [...text].slice(-maximum).join("");
  return `"${last.replace(/[\p{C}\p{Zl}\p{Zp}"\\]/gu, (one) => show(one).slice(1, -1))}"`;
}

/** Describes how two contents differ; nothing if they are equal. */
export function describeDifference(expected: Uint8Array, observed: Uint8Array): string | undefined {
  if (Buffer.compare(expected, observed) === 0) return undefined;
  const lengths = `${observed.length} bytes instead of ${expected.length}`;
  const only = describePadding(Buffer.from(expected), Buffer.from(observed));
  if (only !== undefined) return `${lengths}: ${only}`;
  const at = findDifference(expected, observed);
  if (at === observed.length) return `${lengths}: right so far, then it ends at byte ${at}`;
  const piece = show(observed.subarray(at, at + 24), 24, observed.length - at);
  if (at === expected.length) return `${lengths}: all of them, and then ${piece}`;
  return `${lengths}, the first difference at byte ${at}: ${piece}`;
}

// A difference in padding alone has a message of its own.
function describePadding(expected: Buffer, observed: Buffer): string | undefined {
  const trimmed = observed.toString("latin1").replace(/\0+$/, "");
  const wanted = expected.toString("latin1");
  if (observed.length > expected.length && trimmed === wanted) return "the rest is NUL padding";
  if (trimmed.trimEnd() === wanted.trimEnd()) return "only blanks or newlines at the end differ";
  if (trimmed.replaceAll("\0", "") === wanted.replaceAll("\0", "")) return "only NUL bytes differ";
  return undefined;
}

function findDifference(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) if (a[at] !== b[at]) return at;
  return shorter;
}
