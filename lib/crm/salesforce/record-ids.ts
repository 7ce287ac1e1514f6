/** Ids come with 15 characters or with 18: the last three only repeat the case of the others. */
export const idKey = (recordId: string): string => recordId.slice(0, 15);
