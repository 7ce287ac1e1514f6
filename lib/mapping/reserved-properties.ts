/**
 * The properties of one CRM that no mapping may write: who a record is, and what the CRM keeps by itself. A field's value
 * on an id property would make the record another contact, and the next merge would merge the wrong one.
 */
export interface ReservedProperties {
  /** Hold contact ids: the id property, the absorbed ids. */
  ids: string[];
  /** Names that the CRM writes itself, in whatever case. */
  ofTheCrm: readonly string[];
}

export const NOTHING_RESERVED: ReservedProperties = { ids: [], ofTheCrm: [] };

/** Why a property is not for a mapping; undefined where it is. CRMs do not tell `Id` from `id`, so neither does this. */
export function reservedReason(property: string, { ids, ofTheCrm }: ReservedProperties): string | undefined {
  const isOneOf = (names: readonly string[]) => names.some((name) => name.toLowerCase() === property.toLowerCase());
  if (isOneOf(ids)) return 'which holds 尘锋 contact ids and decides which record is merged: choose another property';
  if (isOneOf(ofTheCrm)) return 'which the CRM writes itself: choose another property';
  return undefined;
}
