import { AppError } from '../../errors.ts';
import { createTrytonCrm, type TrytonOptions } from './tryton.ts';

/** Looks whether Tryton lets us in and lets us read parties; changes nothing. */
export async function examineTryton(options: TrytonOptions) {
  const check = 'credentials and access to parties';
  try {
    await createTrytonCrm(options).find(['merge-sync-doctor'], []);
    return [{ check, ok: true, advice: 'accepted' }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ check, ok: false, advice: `${error.message}: check address, database, user and password` }];
  }
}
