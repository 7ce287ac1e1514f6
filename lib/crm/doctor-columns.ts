import { AppError } from '../errors.ts';
import type { Finding } from './finding.ts';

/** A property of the CRM's people, as the CRM describes it. */
export interface Column {
  type: string;
  writable: boolean;
}

export const finding = (check: string, ok: boolean, advice: string): Finding => ({ check, ok, advice });

/** Whether the properties that are written are there, and may be. @param columns by name. */
export const checkColumns = (columns: Map<string, Column>, names: string[]): Finding[] =>
  names.map((name) => {
    const column = columns.get(name);
    if (column === undefined) return finding(`property ${name}`, false, 'not there: correct the name, or create it');
    return finding(`property ${name}`, column.writable, column.writable ? column.type : 'it may not be written');
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
