type Around = <R>(call: () => Promise<R>) => Promise<R>;

/**
 * The same port with something done around each call of its methods, and of those of a port inside it; what is neither
 * stays as it is.
 */
export function aroundCalls<T extends object>(port: T, around: Around): T {
  const members = Object.entries(port).map(([name, member]) => {
    if (typeof member === 'function') return [name, (...args: unknown[]) => around(async () => member(...args))];
    return [name, hasMethods(member) ? aroundCalls(member, around) : member];
  });
  return Object.fromEntries(members);
}

const hasMethods = (member: unknown): member is object =>
  typeof member === 'object' && member !== null && Object.values(member).some((one) => typeof one === 'function');
