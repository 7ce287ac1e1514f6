import { openParameterStore } from './tenant/parameter-store.ts';

/** Reads and decrypts one parameter. @returns undefined where there is none. @throws Refused with the right that it needs */
export const readParameter = async (name: string): Promise<string | undefined> =>
  (await (await openParameterStore()).read(name))?.text;
