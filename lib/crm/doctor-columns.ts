import { AppError } from '../errors.ts';
import type { Finding } from './finding.ts';
import type { DescribedProperty } from './mapped-properties.ts';

export const finding = (check: string, ok: boolean, advice: string): Finding => ({ check, ok, advice });

/** Whether properties that a merge itself needs are there, and may be written. */
export const checkOwn = (names: string[], describe: (name: string) => DescribedProperty | undefined): Finding[] =>
  names.map((name) => {
    const property = describe(name);
    if (property === undefined) return finding(`property ${name}`, false, 'not there: correct the name, or create it');
    return finding(`property ${name}`, property.isWritable, property.isWritable ? 'there' : 'it may not be written');
  });

/** What cannot be looked at is one more finding. @throws any error that is not ours. */
export async function examined(look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AppError) return [finding('access', false, error.message)];
    throw error;
  }
}
