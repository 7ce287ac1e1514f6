import { ConfigError } from '../../lib/errors.ts';
import type { Line, Priced } from './usage.ts';

interface Price {
  /** Null: not found. */
  price: number | null;
  source: string;
  note?: string;
}

export interface RegionPrices {
  currency: string;
  prices: Record<Priced, Price>;
}

export interface PriceList {
  day: string;
  regions: Record<string, RegionPrices | { sameAs: string }>;
}

/** @throws ConfigError naming the regions there are. */
export function pricesOf({ regions }: PriceList, region: string): RegionPrices {
  const found = regions[region];
  if (!found)
    throw new ConfigError(`--region ${region} is not in the price list: try ${Object.keys(regions).join(', ')}`);
  return 'sameAs' in found ? pricesOf({ day: '', regions }, found.sameAs) : found;
}

export interface Cost extends Line {
  /** Undefined: its price is not known. */
  cost: number | undefined;
  unitPrice: number | null;
  source: string;
}

/** Dearest first, those without a price last. Pure. */
export function costsOf(lines: Line[], { prices }: RegionPrices): Cost[] {
  const costs = lines.map((line): Cost => {
    const { price, source } = prices[line.price];
    return { ...line, unitPrice: price, source, cost: price === null ? undefined : price * line.quantity };
  });
  return costs.sort((a, b) => (b.cost ?? -1) - (a.cost ?? -1));
}
