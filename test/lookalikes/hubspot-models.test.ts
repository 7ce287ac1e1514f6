import { violations } from './hubspot-models.ts';

const contact = {
  id: '1',
  properties: { a: 'x', b: null },
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  archived: false,
};

describe('bodies are held to the vendor’s own models', () => {
  it.each<[string, unknown]>([
    ['PublicMergeInput', { primaryObjectId: '1', objectIdToMerge: '2' }],
    ['SimplePublicObject', contact],
    ['ModelError', { status: 'error', message: 'x' }],
  ])('%s as documented passes', (model, body) => {
    expect(violations(model, body)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['PublicMergeInput', { primaryObjectId: '1', objectIdToMerge: '2', properties: {} }, 'properties: not in'],
    ['PublicMergeInput', { primaryObjectId: '1' }, 'objectIdToMerge: missing'],
    ['PublicMergeInput', { primaryObjectId: 1, objectIdToMerge: '2' }, 'primaryObjectId: not a string'],
    ['PublicMergeInput', 'text', 'not an object'],
    ['SimplePublicObjectInput', { properties: { a: null } }, 'properties.a: not a string'],
    ['SimplePublicObject', { ...contact, createdAt: 7 }, 'createdAt: not a Date'],
    [
      'BatchReadInputSimplePublicObjectId',
      { inputs: [{ id: 'x', idProperty: 'y' }], properties: [], propertiesWithHistory: [] },
      'idProperty: not in',
    ],
    [
      'BatchReadInputSimplePublicObjectId',
      { inputs: {}, properties: [], propertiesWithHistory: [] },
      'inputs: not a list',
    ],
    ['ModelError', { reason: 'x' }, 'reason: not in'],
    ['NoSuchModel', {}, 'no such model'],
  ])('%s with something else does not', (model, body, complaint) => {
    expect(violations(model, body).join('\n')).toContain(complaint);
  });
});
