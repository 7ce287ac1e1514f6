type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Options that were left out are left out, not undefined. */
export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
