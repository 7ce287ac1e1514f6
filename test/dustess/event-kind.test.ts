import { isMergeContent, namedKind } from '../../lib/dustess/event-kind.ts';

describe('what an envelope calls its content', () => {
  it.each([
    ['CRM_MERGE', 'CRM_CONTACT_MERGED', 'merge'],
    ['CRM_MERGE', '', 'merge'],
    ['', 'CRM_CONTACT_MERGED', 'merge'],
    ['', '', 'none'],
    ['CRM_CONTACT', 'CRM_CONTACT_MERGED', 'other'],
    ['CRM_MERGE', 'CRM_CONTACT_UPDATE', 'other'],
    ['crm_merge', 'CRM_CONTACT_MERGED', 'other'],
    ['x', '', 'other'],
  ])('event %j, action %j: %s', (event, action, kind) => {
    expect(namedKind({ event, action })).toBe(kind);
  });
});

describe('what content is by itself', () => {
  it.each([[{ mainID: 's', mergedIDs: [] }], [{ mainID: null }], [{ mergedIDs: 'a' }]])('a merge: %j', (body) => {
    expect(isMergeContent(body)).toBe(true);
  });

  it.each([[{}], [{ id: 's', remark: 'x' }], [['mainID']], ['mainID'], [null], [7]])('no merge: %j', (body) => {
    expect(isMergeContent(body)).toBe(false);
  });
});
