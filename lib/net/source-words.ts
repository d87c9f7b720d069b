// Names the source of a client by two 32-bit words, for tables in memory that several processes share.

export type SourceWords = readonly [high: number, low: number];

/** Sources whose words are remembered: most clients come again, and the hash costs more than the rest of a look-up. */
const MAX_CACHED = 1000;

const cache = new Map<string, SourceWords>();

/** 63 bits of a hash of the source, as `clientSource` returns it. The first word is never zero, so that zero can mark a free record. */
export function sourceWords(source: string): SourceWords {
  const cached = cache.get(source);
  if (cached) return cached;
  const hash = BigInt.asUintN(64, BigInt(Bun.hash(source)));
  const words = [Number(hash >> 32n) | 1 | 0, Number(hash & 0xffff_ffffn) | 0] as const;
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(source, words);
  return words;
}
