import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** Who acts: kept with the event, so it has to be a name. @throws UsageError where neither option nor system has one. */
export function operatorName(by: string | undefined, { env, userName }: Pick<Io, 'env' | 'userName'>): string {
  const name = by ?? (env.USER || env.LOGNAME || env.USERNAME || userName());
  if (!name?.trim())
    throw new UsageError('say who does it, --by NAME: it is kept with the event, and $USER is not set');
  return name.trim();
}
