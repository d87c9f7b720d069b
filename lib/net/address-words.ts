// Names an IP address by two 32-bit words, for tables in memory that several processes share.

export type AddressWords = readonly [high: number, low: number];

/** Addresses whose words are remembered: most clients come again, and the hash costs more than the rest of a look-up. */
const MAX_CACHED = 1000;

const cache = new Map<string, AddressWords>();

/** 63 bits of a hash of the address. The first word is never zero, so that zero can mark a free record. */
export function addressWords(address: string): AddressWords {
  const cached = cache.get(address);
  if (cached) return cached;
  const hash = BigInt.asUintN(64, BigInt(Bun.hash(address)));
  const words = [Number(hash >> 32n) | 1 | 0, Number(hash & 0xffff_ffffn) | 0] as const;
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(address, words);
  return words;
}
