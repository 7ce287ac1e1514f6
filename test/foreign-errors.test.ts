import { AppError, ConfigError, CrmError, StoreError } from '../lib/errors.ts';
import { recogniseForeignErrors } from '../lib/foreign-errors.ts';

/** As another copy of this package makes them. */
class Foreign extends Error {
  constructor(name: string) {
    super('as told');
    this.name = name;
  }
}

it('errors of an adapter with its own copy of the classes count as ours once they are recognised, and no others', () => {
  expect(new Foreign('CrmError')).not.toBeInstanceOf(CrmError);
  recogniseForeignErrors();
  const kinds = [AppError, CrmError, ConfigError, StoreError];
  const isA = (error: unknown) => kinds.map((kind) => error instanceof kind);
  expect(isA(new Foreign('CrmError'))).toEqual([true, true, false, false]);
  expect(isA(new Foreign('ConfigError'))).toEqual([true, false, true, false]);
  expect(isA(new Foreign('TypeError'))).toEqual([false, false, false, false]);
  expect(isA({ name: 'CrmError' })).toEqual([false, false, false, false]);
  expect(isA(new StoreError('x'))).toEqual([true, false, false, true]);
});
