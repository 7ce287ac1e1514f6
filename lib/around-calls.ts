type Around = <R>(call: () => Promise<R>) => Promise<R>;

/** The same port with something done around each call of its methods; what is no method stays as it is. */
export function aroundCalls<T extends object>(port: T, around: Around): T {
  const members = Object.entries(port).map(([name, member]) =>
    typeof member === 'function' ? [name, (...args: unknown[]) => around(async () => member(...args))] : [name, member],
  );
  return Object.fromEntries(members);
}
