import type { Json } from '../../json.ts';
import type { EventStory } from '../../merge/event-story.ts';
import type { CountedAssociations } from '../../ports.ts';
import { shownValue } from '../read/before-after.ts';
import { type PreImage, type PreImages, preImagesOf } from './pre-images.ts';

/** What is exported: the contacts of one event as they were. */
export interface Exported extends PreImages {
  tenant: string;
  eventId: string;
  /** Properties that some contact has a value for, in the order of the records. */
  properties: string[];
  /** Kinds of objects that were counted for some contact. */
  kinds: string[];
}

/** @returns undefined where neither the event's plans nor its content are kept any more, or their values were erased. */
export function exportOf(tenant: string, story: EventStory): Exported | undefined {
  if (story.record.erased) return undefined;
  const images = preImagesOf(story);
  const properties = [...new Set(images?.contacts.flatMap(({ values }) => Object.keys(values)))];
  const kinds = [...new Set(images?.contacts.flatMap(({ associations = {} }) => Object.keys(associations)))];
  return images && { tenant, eventId: story.record.eventId, properties, kinds, ...images };
}

/** Empty where there is no value. */
export function textOf({ values }: PreImage, name: string): string {
  const value: Json | undefined = values[name];
  return value === undefined || value === null ? '' : shownValue(value);
}

/** `100+` where there are more than were counted. */
export const countText = (counted: CountedAssociations[string] | undefined): string =>
  counted === undefined ? '' : `${counted.count}${counted.isComplete ? '' : '+'}`;
