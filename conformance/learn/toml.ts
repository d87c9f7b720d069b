// Writes values as TOML.

/** A text becomes a basic string, a list of patterns becomes literal strings. */
type TomlValue = string | number | boolean | readonly string[];

/** Keys and values as they stand in an inline table: `frame = "close", gap = 200`. */
export const formatKeys = (keys: object): string =>
  Object.entries(keys)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${formatValue(value as TomlValue)}`)
    .join(", ");

const formatValue = (value: TomlValue): string => {
  if (typeof value === "string") return quoteToml(value);
  if (typeof value !== "object") return String(value);
  return `[${value.map((pattern) => `'${pattern}'`).join(", ")}]`;
};

const ESCAPES: Record<string, string> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
};

/** A template as a basic string; a character is a byte, and bytes beyond ASCII are written in hexadecimal. */
export function quoteToml(text: string): string {
  const escaped = text.replace(
    /[\x00-\x1f"\\\x7f]/g,
    (one) => ESCAPES[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const toHex = (bytes: string): string => Buffer.from(bytes, "latin1").toString("hex");
  return `"${escaped.replace(/[\x80-\xff]+/g, (bytes) => `{bytes:${toHex(bytes)}}`)}"`;
}
