import { mergeEnvelope } from '../../lib/crm/salesforce/soap.ts';
import { readMergeRequest } from './salesforce/soap-request.ts';
import { parseSoql } from './salesforce/soql.ts';
import { createSalesforceLookalike } from './salesforce.ts';

const good = mergeEnvelope({ token: 't', survivor: '003A', losers: ['003B'], fields: { Fax: null, LastName: 'x' } });

describe('a merge request that the Partner WSDL does not allow is not understood', () => {
  it('and one that it allows is', () => {
    expect(readMergeRequest(good)).toMatchObject({
      type: 'Contact',
      master: '003A',
      losers: ['003B'],
      allowSave: true,
    });
  });

  const s = ' xmlns="urn:sobject.partner.soap.sforce.com"';
  it.each<[string, string, string]>([
    ['an invented element', '<request>', '<request><winner>003A</winner>'],
    ['losers before the master', '<request>', '<request><recordToMergeIds>003C</recordToMergeIds>'],
    ['no type', `<type${s}>Contact</type>`, ''],
    ['a field before the id', `<Id${s}>003A</Id>`, `<Fax${s}>1</Fax><Id${s}>003A</Id>`],
    ['two ids', `<Id${s}>003A</Id>`, `<Id${s}>003A</Id><Id${s}>003B</Id>`],
    ['the wrong namespace', `<Id${s}>003A</Id>`, '<Id>003A</Id>'],
    ['a wrong element of merge', '<request>', '<mergeRequests>'],
    ['no session', '<sessionId>t</sessionId>', ''],
    ['half a header', '<runAsCurrentUser>false</runAsCurrentUser>', ''],
    ['a field twice', `<LastName${s}>x</LastName>`, `<LastName${s}>x</LastName><LastName${s}>y</LastName>`],
  ])('%s', (_, part, instead) => {
    const bad = good
      .replace(part, instead)
      .replace(instead === '<mergeRequests>' ? '</request>' : '\n', '</mergeRequests>');
    expect(bad).not.toBe(good);
    expect(() => readMergeRequest(bad)).toThrow(SyntaxError);
  });
});

describe('queries', () => {
  it('are read with their escapes, and nothing else', () => {
    expect(parseSoql("SELECT Id, Fax FROM Contact WHERE x__c IN ('a\\'b', 'c\\\\')")).toEqual({
      fields: ['Id', 'Fax'],
      object: 'Contact',
      where: [{ field: 'x__c', values: ["a'b", 'c\\'] }],
    });
    expect(parseSoql('SELECT Id FROM Contact ORDER BY Id')).toEqual({ fields: ['Id'], object: 'Contact' });
    for (const bad of [
      'SELECT Id FROM Contact LIMIT many',
      "SELECT Id FROM Contact WHERE a = 'b' AND c = 'd'",
      "SELECT Id FROM Contact WHERE a = 'b",
    ])
      expect(() => parseSoql(bad)).toThrow(SyntaxError);
  });

  it('with an empty text find what has nothing there', async () => {
    const { org, sessions, fetch } = createSalesforceLookalike();
    org.insert({ LastName: 'No id' });
    const soql = encodeURIComponent("SELECT Id FROM Contact WHERE Dustess_Contact_Id__c = ''");
    const headers = { authorization: `Bearer ${sessions.issue()}` };
    const answer = await fetch(`http://any/services/data/v62.0/query?q=${soql}`, { method: 'GET', headers });
    expect(await answer.json()).toMatchObject({ totalSize: 1 });
  });
});

it('checks uniqueness before it merges, as Salesforce does: the loser’s value is still taken', () => {
  const { org, seed } = createSalesforceLookalike();
  const [ada, bob] = [seed('ada'), seed('bob')];
  expect(() => org.merge(ada, [bob], { Dustess_Contact_Id__c: 'bob' })).toThrow('DUPLICATE_VALUE');
  expect(org.row(bob)?.IsDeleted).toBe(false);
});
