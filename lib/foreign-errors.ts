import { AppError, ConfigError, CrmError } from './errors.ts';

/** The names that stand in the errors themselves: those of classes are shortened in bundles. */
const NAMES = new Map<unknown, readonly string[]>([
  [AppError, ['CrmError', 'ConfigError']],
  [CrmError, ['CrmError']],
  [ConfigError, ['ConfigError']],
]);

/**
 * An adapter of another project brings its own copy of these classes. From now on its errors count as ours wherever
 * `instanceof` asks; subclasses of `AppError` other than these are told as before.
 */
export function recogniseForeignErrors(): void {
  const isOurs = Function.prototype[Symbol.hasInstance];
  const value = function (this: unknown, error: unknown): boolean {
    if (isOurs.call(this as () => void, error)) return true;
    return error instanceof Error && (NAMES.get(this) ?? []).includes(error.name);
  };
  Object.defineProperty(AppError, Symbol.hasInstance, { value, configurable: true });
}
