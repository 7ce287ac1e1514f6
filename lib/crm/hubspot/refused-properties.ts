import { asObject, type Json, type JsonObject, jsonIn, objectsIn, textIn } from '../../json.ts';

/**
 * What HubSpot's refusals tell of properties. Only names are taken from them, and only those that cannot be values:
 * names that we sent, and those of required properties in the places where HubSpot puts them.
 */

const WORD = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const PROPERTY_NAME = /^[a-z](?!.*\d{5})[a-z0-9_]{0,99}$/;

/** Whether a refusal is about a property that is not there (since version 2026-09, by rules of the account). */
export const isMissing = (word: string) => /^MISSING_\w*PROPERTY$/.test(word);

/** The one-word codes in a list. */
export const wordsIn = (value: Json | undefined | (string | undefined)[]): string[] =>
  (Array.isArray(value) ? value : []).filter((one): one is string => typeof one === 'string' && WORD.test(one));

/** The contexts of a body and of its errors. */
export const contextsIn = (body: JsonObject): JsonObject[] =>
  [body, ...objectsIn(body.errors)].map(({ context }) => asObject(context));

/** The code of the first error: in `errors`, or in the JSON that stands inside `message`. */
export function errorWord(body: JsonObject): string | undefined {
  const listed = objectsIn(body.errors).map((error) => textIn(error, 'code') ?? textIn(error, 'subCategory'));
  const embedded = embeddedErrors(body).map((error) => textIn(error, 'error'));
  const doesNotExist = /^Property .* does not exist/.test(textIn(body, 'message') ?? '');
  return wordsIn([...listed, ...embedded, doesNotExist ? 'PROPERTY_DOESNT_EXIST' : undefined])[0];
}

/** @param sent names of the properties that the call sent. @returns those the refusal is about, each once. */
export function refusedProperties(sent: string[], body: JsonObject): string[] {
  const inContexts = contextsIn(body).flatMap(({ propertyName, name }) => wordsIn([propertyName, name].flat() as Json));
  const embedded = wordsIn(embeddedErrors(body).map((error) => textIn(error, 'name')));
  const named = [...new Set([...inContexts, ...embedded])];
  if (isMissing(errorWord(body) ?? '')) {
    const missing = (named.length > 0 ? named : messagesIn(body).flatMap(missingIn)).filter((name) =>
      PROPERTY_NAME.test(name),
    );
    return [...new Set(missing)];
  }
  const ours = named.filter((name) => sent.includes(name));
  return ours.length > 0 ? ours : sent.filter((name) => messagesIn(body).some((text) => quotes(text, name)));
}

const messagesIn = (body: JsonObject): string[] =>
  [body, ...objectsIn(body.errors)].flatMap((object) => textIn(object, 'message') ?? []);

/** `Property values were not valid: [{"isValid":false,"error":"INVALID_OPTION","name":"…"}]` */
function embeddedErrors(body: JsonObject): JsonObject[] {
  return messagesIn(body).flatMap((text) => objectsIn(jsonIn(text.slice(Math.max(0, text.indexOf('[{'))))));
}

/** `firstname is required because of …`, `A value for firstname must be provided`. */
const missingIn = (text: string): string[] => {
  const found = /^(\w+) is required\b/.exec(text) ?? /^A value for (\w+) must be provided/.exec(text);
  return found?.[1] ? [found[1]] : [];
};

const quotes = (text: string, name: string) => ['"', "'", '`'].some((mark) => text.includes(mark + name + mark));
