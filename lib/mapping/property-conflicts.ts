import { quoteName } from './quote-name.ts';
import { type ReservedProperties, reservedReason } from './reserved-properties.ts';

interface Mapped {
  key: string;
  to: string[];
}

/** Two sources for one property would overwrite each other in whichever order they came. */
export function sharedProperties(entries: Mapped[]): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const { key, to } of entries) {
    for (const property of to) {
      const owner = owners.get(property.toLowerCase()); // Salesforce does not tell `Fax` from `fax`.
      if (owner === undefined) owners.set(property.toLowerCase(), key);
      else
        problems.push(
          `property ${quoteName(property)} is written by ${quoteName(owner)} and ${quoteName(key)}: keep one`,
        );
    }
  }
  return problems;
}

/** Fields mapped to what no field may write. */
export function mappedToReserved(entries: Mapped[], reserved: ReservedProperties): string[] {
  return entries.flatMap(({ key, to }) =>
    to.flatMap((property) => {
      const reason = reservedReason(property, reserved);
      return reason === undefined ? [] : [`${quoteName(key)} is mapped to ${quoteName(property)}, ${reason}`];
    }),
  );
}
