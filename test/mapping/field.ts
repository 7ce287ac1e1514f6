import type { Field } from '../../lib/event.ts';
import type { Json } from '../../lib/json.ts';

/** A field as the parser hands it over. */
export const field = (key: string, value: Json, more: Partial<Field> = {}): Field => ({
  key,
  value,
  cleared: false,
  wire: value,
  ...more,
});

export const clearedField = (key: string): Field => field(key, '', { cleared: true });
