import * as fc from 'fast-check';
import { mergeEnvelope, readFault, readMergeAnswer, soapBody } from '../../../lib/crm/salesforce/soap.ts';
import { escapeXml, parseXml, textAt, textElement } from '../../../lib/crm/salesforce/xml.ts';
import { faultAnswer, mergedAnswer, refusedAnswer } from '../../lookalikes/salesforce/soap-answer.ts';
import { readMergeRequest } from '../../lookalikes/salesforce/soap-request.ts';

const readAnswer = (text: string) => readMergeAnswer(soapBody(text));
const anyText = fc.string({ unit: 'binary', maxLength: 50 });
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

describe('what is written', () => {
  it('says exactly what it was given, whatever it was, to a reader that knows the WSDL', () => {
    const fields = fc.dictionary(
      fc.constantFrom('LastName', 'Fax', 'Description'),
      fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant(null)),
    );
    return fc.assert(
      fc.property(anyText, fields, (token, given) => {
        const request = readMergeRequest(mergeEnvelope({ token, survivor: '003A', losers: ['003B'], fields: given }));
        expect(request.sessionId).toBe(token.replace(NOT_IN_XML, ''));
        const expected = Object.entries(given).map(([name, value]) => [
          name,
          value === null ? null : String(value).replace(NOT_IN_XML, ''),
        ]);
        expect(request.values).toEqual(Object.fromEntries(expected.filter(([, value]) => value !== '')));
      }),
      { numRuns: 500 },
    );
  });

  it('never opens an element of its own', () => {
    expect(textElement('a', '</a><b>&amp;')).toBe('<a>&lt;/a&gt;&lt;b&gt;&amp;amp;</a>');
    expect(escapeXml('\u0000\u0008\ud800\uffff😀')).toBe('😀');
  });
});

describe('what is read', () => {
  it('stays text: leading zeros, exponents, truth values', () => {
    const read = (text: string) => textAt(parseXml(`<a><b>${text}</b></a>`), 'a', 'b');
    expect(['007', '1e5', 'true', '0x1F', '1.0'].map(read)).toEqual(['007', '1e5', 'true', '0x1F', '1.0']);
  });

  it.each([
    ['entities of its own', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an outside entity', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'],
    ['a page of HTML', '<html><body><p>Down<br></body></html>'],
    ['JSON', '{"success":true}'],
    ['nothing', ''],
  ])('is nothing when it is %s', (_, text) => {
    expect(parseXml(text)).toBeUndefined();
    expect(readAnswer(text)).toEqual({ answer: 'unreadable' });
  });

  it('promise 5: a result that breaks off anywhere is no result', () => {
    const whole = mergedAnswer('003A', ['003B']);
    expect(readAnswer(whole)).toEqual({ answer: 'merged', survivor: '003A', losers: ['003B'] });
    for (let end = 0; end < whole.length; end++)
      expect(readAnswer(whole.slice(0, end))).toEqual({ answer: 'unreadable' });
  });

  it('finds the code of a refusal and of a fault', () => {
    expect(readAnswer(refusedAnswer('MERGE_FAILED', ['Fax'], 'why'))).toEqual({
      answer: 'refused',
      refusals: [{ code: 'MERGE_FAILED', message: 'why' }],
    });
    const fault = faultAnswer('INVALID_FIELD', 'why');
    expect(readFault(soapBody(fault))).toEqual({ code: 'INVALID_FIELD', message: 'INVALID_FIELD: why why' });
    const bare = fault.replace(/<detail>.*<\/detail>/, '');
    expect(readFault(soapBody(bare))).toEqual({ code: 'INVALID_FIELD', message: 'INVALID_FIELD: why' });
    expect(readFault(soapBody(mergedAnswer('003A', ['003B'])))).toBeUndefined();
  });

  it.each([
    ['elements in elements', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`],
    ['elements that never end', '<a>'.repeat(200_000)],
    ['elements side by side', `<r>${'<a/>'.repeat(200_000)}</r>`],
    ['character references', `<r>${'&#38;'.repeat(200_000)}</r>`],
    ['attributes', `<r ${Array.from({ length: 50_000 }, (_, index) => `a${index}="1"`).join(' ')}/>`],
    ['comments', `<r>${'<!---->'.repeat(100_000)}</r>`],
  ])('promise 5: %s by the hundred thousand are no result, and cost no more than their length', (_, text) => {
    expect(readAnswer(text)).toEqual({ answer: 'unreadable' });
  });

  it('of several results none is taken for ours', () => {
    const twice = mergedAnswer('003A', ['003B']).replace(/(<result>.*<\/result>)/, '$1$1');
    expect(readAnswer(twice)).toEqual({ answer: 'unreadable' });
  });

  it('of anything at all throws nothing', () => {
    const pieces = fc.constantFrom('<a>', '</a>', '<result>', '<success>true</success>', '&', ']]>', '<![CDATA[', 'x');
    return fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((list) => list.join('')),
        ),
        (text) => {
          expect(readAnswer(text).answer).toBe('unreadable');
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
